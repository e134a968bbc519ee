"""Names of Slavic, Romance, Greek and Hebrew origin: one line a name, as matching_spellings says."""

NAMES = """
aleksandr: alexander aleksander aleksandar alexandru alexandre aleksandur oleksandr
aleksandra: alexandra oleksandra
yekaterina: ekaterina yekatyerina
georgiy: georgi georgij georgii georgy
dmitriy: dimitriy dmitry dimitri dmitri dimitrij dimitry
yuliya: iuliia julia yulia julija iulia
nikolay: nikolaj nikolai
mihail: mihael michail mikhail
maksim: maxim
kseniya: xenia ksenija
egor: yegor
igor: ihor
elena: yelena jelena
alena: alyona
alina:
evelina: ewelina
ulyana: uliana
ilona:
irina: iryna
arina:
marina:
maryana: mariana
miron:
anna: hanna
ana:
inna:
yana:
ina:
una:
ivan: iwan
ivana:
jovan: yovan
jovana: yovana
yan:
oleg: oleh
olga: olha
mariya: maria marija mariia
mira:
mara:
diana: dijana dajana dayana
dina:
dana:
tatyana: tatjana tatiana tetyana
tiyana: tijana
liliya: lilia lilija liliia
lidiya: lidia lidija
luiza: luisa
liza:
vera: wera
valeriya: valeria valeriia
valeriy: valery valeri
mate:
mateo: matteo matheo
marko:
mirko:
milan:
milena:
milyan: miljan
malina:
dragan:
goran:
zoran:
serena:
deyan: dejan
stevan:
stoyan: stojan
stefan: shtefan
sanya: sanja
sonya: sonja sonia
nada:
neda:
nadya: nadja nadia nadiya
lena:
lana:
lina:
dragana:
zorana:
bogdan:
sorin:
sorina:
marin:
andrey: andrei andrej
andreya: andreea andreja andreia
kirill: kiril cyril
yuriy: yuri yurij jurij iurii
roman:
pavel:
polina: paulina
sergey: sergej serhiy sergei
nikita: mikita
denis: denys
denisa:
tamara: tamar
daniil: danil daniel danila danilo danyil
artur: arthur
artyom: artem artiom
matvey: matvei matvij
timofey: timofei
yevgeniy: evgeniy evgenii yevgeny evgeny evgenij jevgenij
yevgeniya: evgeniya evgenia evgenija
nataliya: natalya natalia natalija nataliia
anastasiya: anastasia anastasija anastasiia
"""
