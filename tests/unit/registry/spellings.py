"""One person's name in two languages, as papers of the two have it: written from the orthographies, not by our tables.

Not tests: test_matching_letters_* read these. Given names where nothing is said, families under FAMILIES.
"""

Pairs = tuple[tuple[str, str], ...]


def pairs(table: str) -> Pairs:
    """A table of `one / other`, a pair a line or several divided by semicolons."""
    found = []
    for each in table.replace("\n", ";").split(";"):
        if each.strip():
            one, other = each.split("/")
            found.append((one.strip(), other.strip()))
    return tuple(found)


GIVEN: dict[tuple[str, ...], Pairs] = {
    ("kk", "ru"): pairs("""
        Әлия / Алия; Нұрлан / Нурлан; Айгүл / Айгуль; Гүлнар / Гульнар; Қайрат / Кайрат; Ғалым / Галым
        Жанар / Жанар; Әсел / Асель; Дәурен / Даурен; Мәдина / Мадина; Ержан / Ержан; Бауыржан / Бауржан
        Күләш / Куляш; Ұлан / Улан; Сәуле / Сауле; Қанат / Канат; Жұлдыз / Жулдыз; Әбілқасым / Абилкасым
        Шыңғыс / Чингиз; Өмірбек / Омирбек; Үміт / Умит; Мейрамгүл / Мейрамгуль; Серік / Серик
        Ақмарал / Акмарал; Нұрсұлтан / Нурсултан; Ернұр / Ернур; Зейнеп / Зайнап; Мұхтар / Мухтар
        Һәкім / Хаким; Ибраһим / Ибрагим; Тәңірберген / Танирберген; Жәмила / Джамиля; Қуаныш / Куаныш
        Ләззат / Лаззат; Жәнібек / Жанибек; Сағат / Сагат; Әбдірахман / Абдрахман; Қадиша / Кадиша
    """),
    ("kk", "en"): pairs("""
        Әлия / Aliya; Нұрлан / Nurlan; Айгүл / Aigul; Қайрат / Kairat; Ғалым / Galym; Жанар / Zhanar
        Әсел / Assel; Дәурен / Dauren; Мәдина / Madina; Ержан / Yerzhan; Бауыржан / Bauyrzhan
        Күләш / Kulyash; Ұлан / Ulan; Сәуле / Saule; Қанат / Kanat; Жұлдыз / Zhuldyz; Шыңғыс / Shyngys
        Өмірбек / Omirbek; Серік / Serik; Нұрсұлтан / Nursultan; Ернұр / Yernur; Мұхтар / Mukhtar
        Қуаныш / Kuanysh; Жәнібек / Zhanibek; Ләззат / Lyazzat; Айдын / Aidyn; Гүлжан / Gulzhan; Диас / Dias
        Еркебұлан / Yerkebulan; Аружан / Aruzhan
    """),
    ("kk", "kk"): pairs("""
        Нұрлан / Nūrlan; Айгүл / Aigül; Қайрат / Qairat; Ғалым / Ğalym; Жанар / Janar; Әсел / Äsel
        Дәурен / Däuren; Мәдина / Mädina; Ержан / Erjan; Бауыржан / Bauyrjan; Күләш / Küläş; Ұлан / Ūlan
        Сәуле / Säule; Қанат / Qanat; Жұлдыз / Jūldyz; Шыңғыс / Şyñğys; Өмірбек / Ömırbek; Серік / Serık
        Ернұр / Ernūr; Мұхтар / Mūhtar; Қуаныш / Quanyş; Жәнібек / Jänıbek; Айдын / Aidyn; Гүлжан / Güljan
        Аружан / Arujan; Шолпан / Sholpan; Шыңғыс / Shyńǵys; Нұрлан / Nurlan; Ғалым / Ǵalym; Мәдина / Mádına
        Шолпан / S'olpan; Ғалым / G'alym
    """),
    ("ky", "ru"): pairs("""
        Айгүл / Айгуль; Нурлан / Нурлан; Жаңыл / Жаныл; Чыңгыз / Чингиз; Өмүрбек / Омурбек; Гүлзат / Гульзат
        Жылдыз / Жылдыз; Бактыгүл / Бактыгуль; Кубанычбек / Кубанычбек; Нурбүбү / Нурбубу
        Салтанат / Салтанат; Мээрим / Мерим; Алмазбек / Алмазбек; Токтогул / Токтогул; Тынчтык / Тынчтык
        Үмүт / Умут; Айсулуу / Айсулу; Бегимай / Бегимай; Эрмек / Эрмек; Сүйүн / Суюн; Жамийла / Джамиля
        Эркинбек / Эркинбек; Мадина / Мадина; Гүлмира / Гульмира; Акылбек / Акылбек; Азиза / Азиза
        Мырзабек / Мырзабек; Өмүрзак / Омурзак
    """),
    ("ky", "en"): pairs("""
        Айгүл / Aigul; Жаңыл / Janyl; Чыңгыз / Chyngyz; Өмүрбек / Omurbek; Гүлзат / Gulzat; Жылдыз / Jyldyz
        Бактыгүл / Baktygul; Кубанычбек / Kubanychbek; Салтанат / Saltanat; Мээрим / Meerim
        Алмазбек / Almazbek; Токтогул / Toktogul; Үмүт / Umut; Айсулуу / Aisuluu; Бегимай / Begimai
        Эрмек / Ermek; Жамийла / Zhamiyla; Эркинбек / Erkinbek; Гүлмира / Gulmira; Акылбек / Akylbek
        Мырзабек / Myrzabek; Жаныбек / Janybek; Жаныбек / Zhanybek; Нурсултан / Nursultan
        Шайырбек / Shaiyrbek; Айжан / Aizhan
    """),
    ("tg", "ru"): pairs("""
        Ҷамшед / Джамшед; Фаррух / Фаррух; Шаҳло / Шахло; Абдураҳмон / Абдурахмон; Раҳим / Рахим
        Ҳабиб / Хабиб; Ғулом / Гулом; Қурбон / Курбон; Меҳрубон / Мехрубон; Гулнора / Гульнора
        Зӯҳро / Зухро; Хуршед / Хуршед; Давлат / Давлат; Ҷаҳонгир / Джахонгир; Сӯҳроб / Сухроб
        Нилуфар / Нилуфар; Фирӯз / Фируз; Парвиз / Парвиз; Рустам / Рустам; Шаҳноза / Шахноза
        Муҳаммад / Мухаммад; Ҷамила / Джамила; Исмоил / Исмоил; Ёқуб / Якуб; Юсуф / Юсуф; Фарзона / Фарзона
        Фозил / Фазил; Саидҷон / Саиджон; Баҳром / Бахром; Манижа / Манижа
    """),
    ("tg", "fa"): pairs("""
        Ҷамшед / جمشید; Фаррух / فرخ; Абдураҳмон / عبدالرحمن; Раҳим / رحیم; Ҳабиб / حبیب; Ғулом / غلام
        Қурбон / قربان; Меҳрубон / مهربان; Гулнора / گلنارا; Хуршед / خورشید; Давлат / دولت
        Ҷаҳонгир / جهانگیر; Сӯҳроб / سهراب; Нилуфар / نیلوفر; Фирӯз / فیروز; Парвиз / پرویز; Рустам / رستم
        Муҳаммад / محمد; Исмоил / اسماعیل; Юсуф / یوسف; Фарзона / فرزانه; Баҳром / بهرام; Манижа / منیژه
        Шабнам / شبنم; Насрин / نسرین; Комрон / کامران; Дилшод / دلشاد; Шаҳноза / شهناز; Беҳрӯз / بهروز
        Назира / نظیره; Эмомалӣ / امامعلی; Лола / لاله
    """),
    ("uz", "ru"): pairs("""
        Ўткир / Уткир; Ғулом / Гулям; Қодир / Кадыр; Ҳасан / Хасан; Ҳусан / Хусан; Жасур / Джасур
        Жамшид / Джамшид; Шавкат / Шавкат; Ойгул / Айгуль; Гулнора / Гульнара; Зулфия / Зульфия
        Раҳмон / Рахман; Баҳодир / Бахадыр; Нодира / Надира; Дилбар / Дильбар; Фотима / Фатима
        Юлдуз / Юлдуз; Исҳоқ / Исхак; Маъмура / Мамура; Абдуллоҳ / Абдулла; Умид / Умид; Ёқуб / Якуб
        Шоира / Шаира; Феруза / Фируза; Жўра / Джура; Хуршид / Хуршид; Муҳаммад / Мухаммад
        Иброҳим / Ибрагим; Тўлқин / Тулкин; Муҳайё / Мухайя; Боту / Бату; Оллоберган / Аллаберган
    """),
    ("uz", "uz"): pairs("""
        Ўткир / Oʻtkir; Ғулом / Gʻulom; Қодир / Qodir; Ҳасан / Hasan; Жасур / Jasur; Шавкат / Shavkat
        Ойгул / Oygul; Гулнора / Gulnora; Зулфия / Zulfiya; Сирож / Siroj; Меърож / Meʼroj; Раҳмон / Rahmon
        Баҳодир / Bahodir; Юлдуз / Yulduz; Исҳоқ / Isʼhoq; Маъмура / Maʼmura; Чўлпон / Choʻlpon
        Хуршида / Xurshida; Жўрабек / Joʻrabek; Тўлқин / Toʻlqin; Шерзод / Sherzod; Муҳайё / Muhayyo
        Эркин / Erkin; Феруза / Feruza; Ёқуб / Yoqub; Гўзал / Goʻzal; Сингил / Singil; Ўғилой / Oʻgʻiloy
        Чўлпон / Çõlpon; Ғулом / Ğulom; Шавкат / Şavkat; Ўткир / Õtkir; Ўткир / Ōtkir; Ғулом / Ǵulom
        Гўзал / Gózal; Ўткир / O'tkir; Ўткир / O`tkir; Ўткир / O‘tkir; Ўткир / O’tkir; Ўткир / Otkir
        Хуршида / Khurshida
    """),
    ("uz", "en"): pairs("""
        Oʻtkir / Utkir; Gʻulom / Gulom; Qodir / Kodir; Jasur / Zhasur; Shavkat / Shavkat; Xurshid / Khurshid
        Xadicha / Khadicha; Raxim / Rakhim; Baxtiyor / Bakhtiyor; Oysha / Aysha; Yulduz / Iulduz
        Joʻra / Djura; Toʻlqin / Tulkin; Gulnora / Gulnara; Muxlisa / Mukhlisa; Aziza / Aziza
        Moʻmin / Mumin; Zulxumor / Zulkhumor; Abduqodir / Abdukodir; Nigora / Nigora; Xayrulla / Khairulla
        Mexriniso / Mehriniso; Sayyora / Sayyora; Umida / Umida; Qahramon / Kakhramon; Lutfulla / Lutfullah
        Farrux / Farrukh
    """),
    ("tk", "ru"): pairs("""
        Aýgül / Айгуль; Gülnar / Гульнар; Batyr / Батыр; Çary / Чары; Myrat / Мурад; Jemal / Джемал
        Ýusup / Юсуп; Kakajan / Какаджан; Şirin / Ширин; Döwlet / Довлет; Ogulgerek / Огульгерек
        Maksat / Максат; Serdar / Сердар; Oguljan / Огульджан; Amangül / Амангуль; Nazar / Назар
        Sona / Сона; Baýram / Байрам; Annagül / Аннагуль; Orazgeldi / Оразгельды; Altyn / Алтын
        Röwşen / Ровшен; Hajymyrat / Хаджимурад; Meňli / Менгли; Gözel / Гозель; Kümüş / Кумуш
        Täzegül / Тязегуль; Ýazgül / Язгуль; Hydyr / Хыдыр; Güljahan / Гульджахан; Aşyr / Ашир
    """),
    ("tk", "en"): pairs("""
        Aýgül / Aygul; Gülnar / Gulnar; Çary / Chary; Myrat / Murat; Jemal / Djemal; Ýusup / Yusup
        Şirin / Shirin; Döwlet / Dovlet; Röwşen / Rovshen; Hajymyrat / Khadjimurad; Meňli / Mengli
        Gözel / Gozel; Kümüş / Kumush; Aşyr / Ashyr; Güljahan / Guljahan; Baýram / Bayram
        Ogulgerek / Ogulgerek; Çynar / Chynar; Täzegül / Tazegul; Nury / Nury; Wepa / Vepa; Öwez / Ovez
        Tawus / Tavus; Ýazgül / Yazgul; Gurbansoltan / Gurbansoltan
    """),
    ("sr", "hr"): pairs("""
        Ђорђе / Đorđe; Жељко / Željko; Љубица / Ljubica; Његош / Njegoš; Џевад / Dževad; Милица / Milica
        Јован / Jovan; Душан / Dušan; Ћира / Ćira; Чедомир / Čedomir; Владимир / Vladimir; Снежана / Snežana
        Зоран / Zoran; Јелена / Jelena; Светозар / Svetozar; Анђела / Anđela; Миљана / Miljana
        Драган / Dragan; Цвијета / Cvijeta; Јасмина / Jasmina; Хусеин / Husein; Божидар / Božidar
        Невена / Nevena; Бранислав / Branislav; Ксенија / Ksenija; Ђурђа / Đurđa; Миодраг / Miodrag
        Тијана / Tijana; Славица / Slavica; Огњен / Ognjen
    """),
    ("hr", "sr"): pairs("""
        Đorđe / Djordje; Đorđe / Dorde; Željko / Zeljko; Njegoš / Njegos; Dževad / Dzevad; Dušan / Dusan
        Ćira / Cira; Čedomir / Cedomir; Snežana / Snezana; Anđela / Andjela; Anđela / Andela
        Božidar / Bozidar; Đurđa / Djurdja; Ђорђе / Djordje; Жељко / Zeljko; Његош / Njegos; Душан / Dusan
        Чедомир / Cedomir; Снежана / Snezana; Анђела / Andjela; Божидар / Bozidar; Живко / Zivko
        Ружица / Ruzica; Саша / Sasa; Наташа / Natasa; Ђурђа / Durda; Цвета / Cvijeta; Стеван / Stjevan
        Ненад / Nenad
    """),
    ("sr", "en"): pairs("""
        Ђорђе / Djordje; Милица / Milica; Јован / Jovan; Владимир / Vladimir; Јелена / Jelena; Зоран / Zoran
        Ана / Ana; Марко / Marko; Никола / Nikola; Стефан / Stefan; Лазар / Lazar; Теодора / Teodora
        Сара / Sara; Лука / Luka; Филип / Filip; Тамара / Tamara; Михајло / Mihajlo; Вук / Vuk
        Катарина / Katarina; Огњен / Ognjen; Павле / Pavle; Јана / Jana; Петар / Petar; Хелена / Helena
        Исидора / Isidora; Андреј / Andrej
    """),
    ("ro", "ru"): pairs("""
        Ion / Ион; Ștefan / Штефан; Vasile / Василе; Gheorghe / Георге; Andrei / Андрей; Maria / Мария
        Elena / Елена; Cristina / Кристина; Mihai / Михай; Nicolae / Николае; Constantin / Константин
        Alexandru / Александру; Ecaterina / Екатерина; Victoria / Виктория; Sergiu / Серджиу
        Natalia / Наталия; Dumitru / Думитру; Daniela / Даниела; Tudor / Тудор; Radu / Раду; Angela / Анжела
        Vlad / Влад; Doina / Дойна; Ilie / Илие; Grigore / Григоре; Cezar / Чезар; Marcel / Марчел
        Petru / Петру; Lucia / Лучия
    """),
    ("ro", "ro"): pairs("""
        Ștefan / Ştefan; Ștefan / Stefan; Ionuț / Ionuţ; Ionuț / Ionut; Răzvan / Razvan
        Ștefănița / Stefanita; Lucreția / Lucreţia; Lucreția / Lucretia; Crăciun / Craciun
        Mădălina / Madalina; Brândușa / Brindusa; Brândușa / Brîndușa; Cătălin / Catalin
        Cătălina / Catalina; Horațiu / Horatiu; Ilinca / Ilinca; Anișoara / Anisoara; Măriuca / Mariuca
        Ruxandra / Ruxandra; Ionela / Ionela; Sânziana / Sanziana; Dănuț / Danut; Costică / Costica
        Ioniță / Ionita; Lăcrămioara / Lacramioara; Traian / Traian; Terția / Tertia
    """),
    ("ur", "en"): pairs("""
        محمد / Muhammad; احمد / Ahmed; علی / Ali; فاطمہ / Fatima; عائشہ / Ayesha; زینب / Zainab
        حسین / Hussain; حسن / Hassan; بلال / Bilal; عثمان / Usman; عمر / Umer; خدیجہ / Khadija
        مریم / Maryam; ثناء / Sana; صائمہ / Saima; نادیہ / Nadia; عمران / Imran; شاہد / Shahid
        نوید / Naveed; سلیم / Saleem; کامران / Kamran; طارق / Tariq; یاسر / Yasir; فیصل / Faisal
        جاوید / Javed; خالد / Khalid; اقبال / Iqbal; رضیہ / Razia; پروین / Parveen; نسرین / Nasreen
        شبانہ / Shabana; گلزار / Gulzar; ذوالفقار / Zulfiqar; غلام / Ghulam; رخسانہ / Rukhsana; اعجاز / Ijaz
        ارشد / Arshad; عبداللہ / Abdullah; عبدالرحمن / Abdul Rehman; ضیاء الرحمن / Zia ur Rehman
        حبیب اللہ / Habibullah; بھٹی / Bhatti; چوہان / Chohan; جھانگیر / Jhangir; ٹیپو / Tipu; صفدر / Safdar
        ظفر / Zafar; ثمینہ / Samina; قاسم / Qasim; قرۃ العین / Quratulain
    """),
    ("ur", "uz"): pairs("""
        محمد / Муҳаммад; احمد / Аҳмад; فاطمہ / Фотима; زینب / Зайнаб; حسین / Ҳусайн; حسن / Ҳасан
        بلال / Билол; عثمان / Усмон; عمر / Умар; مریم / Марям; عمران / Имрон; شاہد / Шоҳид; سلیم / Салим
        کامران / Комрон; خالد / Холид; غلام / Ғулом; یوسف / Юсуф; ابراہیم / Иброҳим; اسماعیل / Исмоил
        کریم / Карим; رستم / Рустам; دلشاد / Дилшод; گلنار / Гулнор; فرہاد / Фарҳод; نادر / Нодир
        شیرین / Ширин; جمشید / Жамшид; بہادر / Баҳодир; عبداللہ / Абдуллоҳ; عزیز / Азиз
    """),
    ("fa", "en"): pairs("""
        محمد / Mohammad; علی / Ali; حسین / Hossein; حسن / Hassan; رضا / Reza; فاطمه / Fatemeh; زهرا / Zahra
        مریم / Maryam; نرگس / Narges; سمیرا / Samira; لیلا / Leila; بهرام / Bahram; جواد / Javad
        مجید / Majid; سعید / Saeed; نسرین / Nasrin; پروانه / Parvaneh; کامران / Kamran; شهرام / Shahram
        رستم / Rostam; فرهاد / Farhad; شیرین / Shirin; گلناز / Golnaz; ناصر / Naser; مهدی / Mahdi
        ابوالفضل / Abolfazl; علی‌رضا / Alireza; امیر / Amir; هادی / Hadi; سهیلا / Soheila
    """),
}
"""Given names, by the language of one and of the other; `en` is what passports and English papers have."""

FAMILIES: dict[tuple[str, ...], Pairs] = {
    ("kk", "ru"): pairs("""
        Нұрланов / Нурланова; Әбдіқадыров / Абдыкадыров; Жұмабаев / Джумабаев; Қалиев / Калиева
        Сәдуақасов / Садвакасов; Ғабдуллин / Габдуллина; Ысқақов / Искаков; Өтегенов / Утегенова
        Мұқанов / Муканов; Әлімов / Алимова; Тоқаев / Токаев; Есенғалиев / Есенгалиева
        Құдайбергенов / Кудайбергенов; Бөкенбаев / Бокенбаева
    """),
    ("tg", "ru"): pairs("""
        Раҳмонзода / Рахмонов; Каримӣ / Каримова; Шарифзод / Шарифов; Холиқиён / Холиков
        Назаров / Назарзода; Саидов / Саидзода; Ҷӯразода / Джураев; Ҳакимӣ / Хакимов; Мирзоев / Мирзозода
        Қодиров / Кодири; Ғафуров / Гафуров; Давлатов / Давлатзода; Маҳмадов / Махмадова; Ёров / Ёрзода
    """),
    ("uz", "uz"): pairs("""
        Каримов / Karimova; Йўлдошев / Yoʻldosheva; Раҳимов / Raximov; Ғуломов / Gʻulomova
        Тошматов / Toshmatova; Абдуллаев / Abdullayeva; Қодиров / Qodirov; Жўраев / Joʻrayev
        Хўжаев / Xoʻjayeva; Ўринов / Oʻrinov; Исмоилов / Ismoilova; Эргашев / Ergasheva; Шарипов / Sharipov
        Мирзаев / Mirzayeva
    """),
    ("uz", "ru"): pairs("""
        Йўлдошев / Юлдашева; Ғуломов / Гулямов; Тошматов / Ташматова; Жўраев / Джураев; Хўжаев / Ходжаева
        Ўринов / Уринов; Қодиров / Кадыров; Раҳмонов / Рахманова; Абдураҳмонов / Абдурахманов
        Эргашев / Эргашева
    """),
    ("tk", "ru"): pairs("""
        Annaýew / Аннаева; Berdimuhamedow / Бердымухамедов; Gurbanowa / Курбанова; Ataýew / Атаев
        Nyýazow / Ниязов; Meredow / Мередова; Öwezow / Овезов; Hojamyradow / Ходжамурадов; Çaryýew / Чарыев
        Saparow / Сапарова; Garajaýew / Гараджаев; Döwletow / Довлетова; Ýazmyradow / Язмурадова
    """),
    ("sr", "hr"): pairs("""
        Петровић / Petrović; Јовановић / Jovanović; Ђорђевић / Đorđević; Ђорђевић / Djordjevic
        Шарић / Saric; Николић / Nikolic; Чолић / Čolić; Џамбазов / Džambazov; Љубојевић / Ljubojević
        Вучковић / Vuckovic; Живановић / Zivanovic; Цветковић / Cvetković; Хаџић / Hadžić; Његуш / Njeguš
    """),
    ("ro", "ro"): pairs("""
        Țurcanu / Turcanu; Țurcanu / Ţurcanu; Moșneagu / Mosneagu; Bălan / Balan; Popești / Popesti
        Rîbac / Râbac; Șchiopu / Schiopu; Munteanu / Munteanu; Ceban / Cebanu; Lupașcu / Lupascu
    """),
    ("ru", "en"): pairs("""
        Иванов / Ivanova; Щербаков / Shcherbakov; Щербакова / Scherbakova; Цветков / Tsvetkova
        Жуковский / Zhukovskaya; Соловьёв / Solovyov; Соловьёва / Solovieva; Юрьев / Iurev
        Хрущёв / Khrushchev; Алексеев / Alekseeva; Алексеев / Alexeev; Чайковский / Chaikovskii
        Яшин / Yashina; Ефимов / Efimova; Ёлкин / Elkin; Лаврентьев / Lavrentev; Подъяпольский / Podyapolsky
        Быков / Bykova; Зайцев / Zaitseva; Толстой / Tolstaya; Белый / Belaya
    """),
}
"""Families' names, the same way; of brother and sister where the endings differ."""

RUSSIAN_LATIN = pairs("""
        Юрий / Yuriy; Юрий / Iurii; Юрий / Yury; Юрий / Jurij; Сергей / Sergei; Сергей / Sergej
        Наталья / Natalia; Юлия / Iuliia; Наталья / Nataliya; Алексей / Aleksey; Алексей / Alexey
        Александр / Alexander; Ксения / Kseniia; Ксения / Xenia; Фёдор / Fedor; Фёдор / Fyodor; Пётр / Petr
        Семён / Semen; Артём / Artem; Екатерина / Ekaterina; Екатерина / Yekaterina; Евгений / Evgenii
        Евгений / Yevgeniy; Жанна / Zhanna; Мария / Mariâ; Юрий / Ûrij; Щукарь / Ŝukarʹ; Михаил / Mikhail
        Дмитрий / Dmitry; Анастасия / Anastasiia; Илья / Ilia; Илья / Ilya; Максим / Maxim
        Хадижа / Khadizha; Щукарь / Shchukar; Эльвира / Elvira; Айгуль / Aigul
    """)

DIFFERENT: dict[tuple[str, ...], Pairs] = {
    ("kk", "ru"): pairs("""
        Нұрлан / Нұрсұлтан; Айгүл / Айнұр; Қайрат / Марат; Жанар / Динар; Серік / Берік; Ержан / Нұржан
        Асан / Үсен; Болат / Марат; Айша / Аида; Сәуле / Шолпан
    """),
    ("uz", "ru"): pairs("""
        Hasan / Husan; Ҳасан / Хусан; Фотима / Зуҳра; Жасур / Жамшид; Нодира / Зарина; Шавкат / Шерзод
        Умид / Умар; Дилбар / Дилноза; Карим / Рахим; Собир / Нозим; Fotima / Zuhra; Ҳасан / Ҳусайн
    """),
    ("ur", "en"): pairs("""
        حسن / Hussain; حسین / Hassan; محمد / Mahmood; فاطمہ / Zahra; علی / Asif; عمر / Amir; کریم / Rahim
        نوید / Majid; زینب / Zahida; بلال / Jalal; محمود / Muhammad
    """),
    ("sr", "hr"): pairs("""
        Јован / Zoran; Милица / Marica; Душан / Dejan; Марко / Mirko; Ђорђе / Goran; Ана / Jovana
        Петар / Pavle
    """),
    ("ro", "ro"): pairs("Ion / Ionela; Ștefan / Bogdan; Maria / Elena; Mihai / Mihaela; Radu / Vlad"),
    ("tk", "ru"): pairs("Myrat / Мурадгельды; Aýgül / Аннагуль; Batyr / Байрам; Serdar / Сапар; Jemal / Дженнет"),
    ("tg", "fa"): pairs("Рустам / بهرام; Парвиз / نادر; Ҷамшед / جمیله; Ҳасан / حسین; Фирӯз / فرهاد; Лола / لیلا"),
}
"""Two children's names that look or sound alike, or share much."""
