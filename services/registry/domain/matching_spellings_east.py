"""Names of Arabic, Persian and Turkic origin: one line a name, as matching_spellings says."""

NAMES = """
muhamad: mohd mohamd muhd muhamd mamed mamad mamet mehmet mehmed mahamat mahomed memet | محمد محمّد
ahmad: ahmed ahmet akhmat amad amed ahmat | احمد
mahmud: makhmud mehmud mehmut mahmut | محمود
hamid: gamid hamit | حمید حامد
hasan: khasan asan kasan gasan hassan | حسن
husayn: husein huseyn hussain husain hosein hoseyn gusein guseyn huseyin hoseyin hussein usein useyn uson usen | حسین
husan: khusan kusan usan
fatima: fatma fotima patima batima fatema fatyma patma fotma | فاطمہ فاطمه
hadija: khadija hadicha kadija kadicha hadisha kadisha hadijah khadidja hatija hatice hatidja gadija | خدیجہ خدیجه
aysha: aisha aishe ayshe aysa oysha ayisha ayesha oisha | عائشہ عایشه
zaynab: zeynab zeynep zeinab zaineb zaynap zenab zainab zeynab zaynep | زینب
ibrahim: ibragim ibrohim ibraim ebrahim ibrayim ybrahim ybrayim ibrayem ibrahem ibrogim ibraym ibroim | ابراہیم ابراهیم
ismail: ismoil ysmayil smayil smail izmail esmail ysmail ismael ismayil | اسماعیل اسمعیل
ishak: isok ishok iskak ysak isak eshaq ishag isaak | اسحاق اسحق
yakub: yokub yakup zhakyp jakyp jakip yaqoob iakub akup yagub jakup | یعقوب
yusuf: yusup yusif yousef yosif yusef yusof yosef jusip jusup zhusip yusaf | یوسف
yunus: yunis yunas yonas junis zhunus junus yonus | یونس
musa: muso moso moosa mussa | موسی موسیٰ
isa: gaysa iso eesa isso | عیسی عیسیٰ
yahya: yahyo yakhya jakiya zhakiya zhakia | یحیی یحییٰ
ilyas: ilyos elyas | الیاس
idris: edris idrees ydyrys | ادریس
davud: dovud daud dawood daoud dauyt dovut davut | داود داؤد
sulayman: suleyman suleiman sulaymon sulaimon suleymen suleman suleimen soleyman solayman | سلیمان
umar: omar umer gumar omer umor | عمر
usman: osman usmon otman ottoman uthman othman ospan asman otsman | عثمان
ali: aliy gali galiy eli | علی
hamza: khamza khamzah hamzeh amza gamza | حمزہ حمزه
bilal: bilol bilyal belal | بلال
karim: kerim kareem kyarim karem | کریم
rahim: rakym rakim rahem rakhim ragim raim | رحیم
rahman: rahmon rehman rahmen rahmohn rakhmon | رحمن رحمان
rashid: rachid rashyd rashit rasheed rashed | رشید راشد
said: sayid saeed saied sait sagid sagit seit | سعید
sayyid: saiyd syed seyyed sayyed | سید
salim: selim saleem solim | سلیم سالم
jamal: jamol jemal gamal zhamal | جمال
kamal: kamol kemal | کمال
jalal: jalol jelal zhalal | جلال
jamila: jameela zhamila | جمیلہ جمیله
jamshid: jamshed jemshid zhamshid zhamshit | جمشید
rustam: rostam rustem rustum | رستم
farhad: farhod farkhat farkhod parhat ferhat parhad farhat | فرہاد فرهاد
firuz: firouz feruz firoz | فیروز
behruz: behroz bekhruz behrouz | بہروز بهروز
navruz: nowruz navroz nauryz novruz nevruz nowroz | نوروز
shavkat: shaukat shovkat shevket | شوکت
davlat: daulat dovlat dovlet daulet devlet dolat | دولت
ravshan: raushan rovshan roshan rovshen | روشن
anvar: anwar anuar onvar enver | انور
akbar: akber ekber okbar | اکبر
aslam:  | اسلم
akram: ekrem | اکرم
amin: emin omin | امین
amina: aminah emine omina amna aamna | امینہ امینه آمنہ آمنه
azhar: azkhar ashar | اظہر
mazhar: mazkhar mashar | مظہر مظهر
izhar: izkhar | اظہار
khokhar: khokar | کھوکھر
khosa: khosah | کھوسہ
kharal: kharral | کھرل
aziz: azis eziz | عزیز
aziza: azizah | عزیزہ عزیزه
gulam: gulom gulyam golam ghulom | غلام
haydar: heydar haider hayder aydar | حیدر
iskandar: iskander eskandar sikandar | اسکندر سکندر
islam: islom eslam | اسلام
imran: imron emran | عمران
irfan: irfon erfan | عرفان
iqbal: ikbal ikbol eghbal | اقبال
jafar: zhapar zhafar | جعفر
khalid: halid holid haled kalit | خالد
khalil: halil kalil kholil halel | خلیل
majid: mozhid mazhit majit | مجید ماجد
mansur: mansoor mansour | منصور
mariyam: maryam maryom mariam meryem maryem | مریم
mirza: mirzo | میرزا مرزا
murad: murod myrat murat morad | مراد
mustafa: mustafo mostafa mustapa | مصطفی مصطفیٰ
nadir: nodir nader | نادر
nasir: nosir naser naseer nasyr | ناصر نصیر
nazir: nozir nazeer | نذیر ناظر
nur: noor nour | نور
olim: alim galim alem | عالم علیم
parviz: parvez parwiz perviz | پرویز پرویز
rahima: rakhima rahimah | رحیمہ رحیمه
ramazan: ramazon ramadan romazon ramzan | رمضان
safiya: sofiya safiyya safya | صفیہ صفیه
sharif: sherif sharip shorif | شریف
tahir: tohir tair taher tagir | طاہر طاهر
tariq: tarik torik | طارق
vali: wali uali | ولی
yasin: yosin yaseen yassin | یاسین یٰسین
zafar: zofar zafer | ظفر
zahra: zahro zahrah | زہرا زهرا
zuhra: zohra zukhra zuhro zohreh
zakir: zokir zaker | ذاکر
zubayr: zubair zubayir zobair | زبیر
abas: abbas gabbas abbos gabas abos | عباس
adil: odil adel gadil | عادل
agha: aga ogo | آغا
asad: assad esat | اسد
asif: osif | آصف
bahadur: bahodir bakhadir bahadir bahodur bahadyr bakhodir | بہادر بهادر
bakhtiyor: bahtier bakhtier bahtiyar bakhtiar bahtiyor baktiyar bagtyyar bahtyar bahtyor baktyar | بختیار
bashir: bosir basheer | بشیر
gulnara: gulnora | گلنار گلنارا
habib: khabib kabib gabib habibe | حبیب
habiba: khabiba | حبیبہ حبیبه
halima: khalima kalima alima galima | حلیمہ حلیمه
hakim: khakim okim akim | حکیم حاکم
latif: letif lotif | لطیف
latifa: letifa | لطیفہ لطیفه
malika: melike maliko | ملکہ ملکه
nargis: nargiz nergiz | نرگس
nazira: nozira | نذیرہ
nigar: nigor nigyar | نگار
saida: sayida saeeda | سعیدہ سعیده
sabir: sobir saber | صابر
salih: solih saleh salikh | صالح
shahid: shohid shaheed | شاہد شہید شاهد
sher: shir | شیر
usama: osama | اسامہ
zarina: zarrina | زرینہ زرینه
zayd: zaid zeyd | زید
ziya: zia ziyo zyo | ضیا
bibi: biby | بی‌بی بیبی
khan: han hon hoan | خان
jan: jon zhan | جان
beg: bek bey | بیگ بیک
shah: sho shakh | شاہ شاه
chingiz: shyngys chyngyz shynggys chinghiz shingis chinggis changiz chyngys chingis tschingis | چنگیز
kamil: komil kyamil | کامل
jamil: jomil zhamil | جمیل
jalil: jolil zhalil | جلیل
qadir: qodir kadyr kodir kadir kodyr | قادر قدیر
qasim: qosim kasym kosim qasem ghasem kasim gasym | قاسم
amir: emir | امیر عامر
zahir: zohir zokhir zakhir zaheer | ظہیر ظاہر
shakil: shakeel | شکیل
wasim: vosim vasim waseem | وسیم
naim: naeem noim | نعیم
nadim: nadeem nodim | ندیم
navid: naveed nowid | نوید
vahid: waheed vohid wahid | وحید واحد
farid: fareed forid | فرید
farida: fareeda | فریدہ فریده
suhayl: sohail suhail sohayl | سہیل سهیل
saad: | سعد
anas: | انس
arshad: | ارشد
irshad: ershad | ارشاد
rashad: | رشاد
faysal: faisal | فیصل
fazil: fozil | فاضل
fazal: fazl | فضل
asma: asmo | اسما اسماء
asim: osim | عاصم
azim: azeem ozim | عظیم
azam: aazam | اعظم
nizam: nizom | نظام
nazim: nozim | ناظم
salima: solima saleema | سلیمہ
halim: khalim | حلیم
jabar: jabbor jabor | جبار
gafar: gaffor ghaffar gofor | غفار
gafur: gofur ghafoor | غفور
satar: sattor sattar | ستار
nazar: nozar | نظر
sadik: sodik siddik sadiq sodiq sodyk sadyk | صادق صدیق
talib: tolib | طالب
tayib: toyib tayyab | طیب
sajid: sojid | ساجد
zahid: zohid | زاہد زاهد
kashif: koshif | کاشف
adnan: | عدنان
waqas: vaqas | وقاص
yasir: yosir | یاسر
javad: jawad javod | جواد
jahid: javid javed jovid jawed | جاوید
mahdi: mehdi makhdi mehti | مهدی مہدی
reza: raza riza rizo | رضا
hashim: hoshim khashim koshim hashem | ہاشم هاشم
humayra: humaira khumayro humayro | حمیرا
sumaya: sumayya somaya sumayyah sumayo | سمیہ سمیه
rukiya: ruqayya roghayeh rukiyya ruqiyo rokiya | رقیہ رقیه
safura: safuro sapura
salma: salmo selma | سلمی سلمیٰ
layla: laylo leyla leila laila lyaylya leilo | لیلا لیلی لیلیٰ
lola: | لاله لالہ
shirin: shireen sheerin | شیرین
nasrin: nasreen nesrin | نسرین
parvin: parveen parvina perwin | پروین
nilufar: nilofar niloufar nilyufar | نیلوفر
gulsum: gulsim kulsum kulsoom gulsym kulsim | کلثوم
batir: botir batyr botyr
murtaza: murtazo mortaza | مرتضی مرتضیٰ
muzafar: muzaffar muzaffer mozaffar | مظفر
sadiya: saadia sadia saadiya sagdiya | سعدیہ
quratulain: qurratulain quratulayn qurratulayn | قرۃالعین
ziyad: ziyod ziyed zied ziod | زیاد
marat:
dulat:
bulat: bolat
timur: temur temir temur taymur teymur | تیمور
tamir:
damir:
dinara: dinora
danara:
daniyar: doniyor doniyer daniyer danyar doniyar
aslan: arslan oslon | ارسلان
asel: asal
aynur: oynur
anora: anara
sanjar: sanzhar
sardar: sardor serdar | سردار
sarvar: server | سرور
shukur: shokur shakur shakoor | شکور
shakir: shokir | شاکر
rauf: rouf raouf | رؤف
marjan: marjon marzhan | مرجان
munira: munire | منیرہ
samira: sameera | سمیرا سمیرہ
zaman: zamon | زمان
bahram: bahrom bakhrom bahram | بہرام بهرام
kamran: komron | کامران
shahram: shohrom | شہرام شهرام
suhrab: sukhrob suhrob sohrab zuhrab | سہراب سهراب
dilshad: dilshod dilshat | دلشاد
shahnaz: shahnoza shakhnoza | شہناز شهناز
"""
