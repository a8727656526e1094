"""Danish words: the alias that is suggested, and the code that brings somebody back.

Kind, plain and easy to spell; nothing sad, rude or frightening, no given names, nobody's looks, nothing that hurts.
"""

# Common and neuter gender; one form where both are alike.
ADJECTIVES = """
blå/blåt rød/rødt grøn/grønt gul/gult lilla orange turkis gylden/gyldent lyseblå/lyseblåt havblå/havblåt
himmelblå/himmelblåt skovgrøn/skovgrønt græsgrøn/græsgrønt mosgrøn/mosgrønt lysegrøn/lysegrønt solgul/solgult
koralrød/koralrødt rosenrød/rosenrødt kobberrød/kobberrødt sølvblå/sølvblåt modig/modigt rolig/roligt
venlig/venligt glad munter/muntert frisk/friskt klog/klogt kvik/kvikt vågen/vågent rask/raskt fri/frit fin/fint
blid/blidt mild/mildt lys/lyst klar/klart ny/nyt stille snild/snildt kærlig/kærligt tapper/tappert stærk/stærkt
stolt sej/sejt smart festlig/festligt lykkelig/lykkeligt fredelig/fredeligt tålmodig/tålmodigt
nysgerrig/nysgerrigt opfindsom/opfindsomt hjælpsom/hjælpsomt opmærksom/opmærksomt livlig/livligt ivrig/ivrigt
flittig/flittigt hurtig/hurtigt kreativ/kreativt musikalsk magisk eventyrlig/eventyrligt drømmende smilende
syngende dansende svævende flyvende hoppende nynnende fløjtende funklende glitrende skinnende lysende strålende
blomstrende vandrende undrende tænkende lyttende sejlende svømmende glidende spirende voksende blinkende
rislende hvilende tindrende leende gyngende sprudlende ærlig/ærligt trofast loyal/loyalt smidig/smidigt adræt
elegant sjov/sjovt dejlig/dejligt hyggelig/hyggeligt sprælsk spændende herlig/herligt fornuftig/fornuftigt
retfærdig/retfærdigt omhyggelig/omhyggeligt høflig/høfligt beskeden/beskedent sikker/sikkert tryg/trygt
håbefuld/håbefuldt farverig/farverigt prikket stribet ternet spættet krøllet solrig/solrigt
morgenfrisk/morgenfriskt mystisk gådefuld/gådefuldt sjælden/sjældent unik/unikt enestående utrolig/utroligt
fabelagtig/fabelagtigt fantastisk charmerende målrettet tænksom/tænksomt sindig/sindigt vis/vist
kløgtig/kløgtigt gavmild/gavmildt nordisk sommerlig/sommerligt kosmisk galaktisk stjerneklar/stjerneklart
månelys/månelyst vindstille fjerlet silkeblød/silkeblødt blød/blødt duftende frodig/frodigt begavet
driftig/driftigt energisk
"""

COMMON_NOUNS = """
ræv hjort gaselle elg los odder ilder grævling hare kanin hamster delfin sæl pingvin panda koala tiger leopard
gepard løve puma jaguar zebra giraf alpaka lama bison isbjørn ulv hund pony hest ugle svale svane mejse musvit
blåmejse solsort rødhals gærdesmutte bogfinke dompap spurv vibe stork trane hejre falk ørn musvåge glente isfugl
fasan påfugl papegøje kolibri flamingo albatros lunde terne måge ravn nattergal lappedykker ederfugl skovspætte
tårnfalk kongeørn havørn sneugle hornugle sommerfugl guldsmed mariehøne humlebi græshoppe ildflue cikade søhest
søstjerne laks ørred krabbe koral skildpadde guldfisk blæksprutte konkylie eg bøg birk ahorn gran poppel
kastanje hyld hassel solsikke tulipan valmue anemone krokus erantis vintergæk påskelilje kornblomst bellis
margerit orkide lavendel kløver firkløver bregne åkande mælkebøtte klokkeblomst sky stjerne komet måne sol
planet galakse regnbue brise vind dugdråbe regndråbe bølge kyst strand fjord bæk kilde flod sø skov lund eng
bakke klippe sti have perle krystal safir rubin smaragd opal lanterne kajak båd jolle drage raket ballon guitar
violin fløjte tromme klokke
"""

NEUTER_NOUNS = """
egern pindsvin rådyr dådyr rensdyr næbdyr dovendyr bæltedyr føl kid firben marsvin egetræ birketræ æbletræ
kirsebærtræ bjerg hav fjeld vandfald snefnug stjerneskud nordlys måneskin solskin forår eventyr blad kløverblad
agern æble jordbær blåbær hindbær brombær tyttebær solbær sejlskib fyrtårn kompas anker lysglimt tårn telt bål
"""

# 1024 words of 3 to 8 letters, at least two letters apart from each other, also without æ, ø and å.
CODE_WORDS = """
abrikos aften agern agurk ahorn akademi akrobat akvarium album alfabet algebra allike alpaka amulet ananas anden
anker anorak ansigt antenne antik apotek appelsin april arena arkitekt armbånd aroma artikel asfalt atelier atom
august avis avocado bacon badebold badedyr badekar badge bagage bagværk bakke balkon ballet bambus banan banjo
basket batteri besked bestik beton bidrag billede biograf biologi birk bison bjerg bjergtop bjælke blad blazer
blender blok blomkål blomst bluse blyant blåbær blåhval blækhus bog bogfinke boghylde bogmærke bogorm bogstav
boks bolche bold boldspil bolig bolle bolsje bomuld bonde bonus bordben botanik bowling brev brevdue briller
brise broccoli broderi brombær brosten brunch brunkage bryggers bræt brætspil brød budding buffet buket bukser
bulgur bungalow bunke burger busk butik byge bygning bål bænk bøffel børste cafe camping cello cement centrum
charme check chips cirkel cirkler cirkus citron curling cykel cykelsti dag daggry dahlia datter december delfin
dessert dialog diamant digter dinosaur diplom dirigent disko dokument domino dovendyr dragt drej drikke drivhus
dråbe drøm duft dukke dusin dygtig dynamo dyne dyrehave dyrepark dåse døgn dør dørslag efterår egetræ ekko
ekspert elastik elefant elevator emalje energi eng engang episode espresso etage eventyr evighed fabrik fagbog
fakkel fakta familie farve fasan favorit februar fejekost fejring fennikel ferie fersken figen figur film finde
finger fiol fisk fiskenet fiskeri fjeder fjeld fjernsyn fjord flag flamingo flaske fletning flink flise flod
flora fly flytte flyvetur fløjte fodbold fodspor folder forlag form forsker forsøg fortov fortælle forår
fotograf frakke fredag frimærke frisør fritid frodig frokost frugt fryser fugl fyrretræ fyrtårn fælles færdig
følelse gaffel galakse galleri gardin garn gave gazelle gelænder genbrug geografi giraf glas glimt globe globus
glæde gnist gokart golf gondol grafik granit grill grusvej grænse græskar grøft grønsag guitar guld guldfisk
guldsmed gulerod gummi gummisko guppy gylden gymnast gynge gåtur gærde gætte hage halvø hammer hamster handske
harmoni harpe hassel havfrue havn havre hegn hejre heksehat henna hente hestesko himmel hindbær hjelm hjerte
hjul hjælpe hjørne hobby hockey honning horisont hotel hovedret humle humor hurtig husbåd huske hvede hvile
hyacint hyben hylde hytte hytteost håb hånd håndbold hængsel høflig højskole høne hønsehus høst idræt indkøb
ingefær insekt internet invitere isbjørn isfugl ishockey iskage ismejeri isvaffel ivrig januar jasmin jazz jeep
jern jetfly jordbær jordnød journal jubel judo juice julelys juletræ juli jumbo jungle kabel kaffe kajak kakao
kaktus kalender kamera kanal kanin kano kantine kaptajn karamel karat karneval karrusel karry kassette kastanje
kat katalog kegle kende keramik ketchup kikkert kiks kilde kiosk kirsebær kiwi kjole klap klarinet klasse klatre
klatring klaver klima klippe klit klitter klods klog klokke klovn knæ koala kobber kogebog kokos koldskål
kolibri komet komfur kommode kompas kompot koncert konfekt konkylie kontor korn kornmark kosmos kostume krabbe
krans kreds kridt kringle krokus krone krukke krydderi krydsord krystal kuffert kuglepen kultur kunst kurv
kusine kvalitet kvarter kvist kvæde kylling kyst kælder købe køkken køleskab lagerhal lagkage lagune laks lama
lampe landkort landsby lang lanterne laser lastbil laurbær lavendel leder leg legetøj lektie leopard lift lilje
limfjord limonade lineal linse liste lodde lomme loppe lotus luge lun lupin lyd lygte lykke lyserød lysning
lækker lære lærebog lærred løbehjul løber løbetur løfte løve løvetand løvfald madkurv madpakke magasin magi
magnet magnolie maj makrel malakit malkeko mammut mandag mandarin mandel mango manual maraton marcipan margerit
marked marmor marsvin maske maskine maskot medalje medie meditere medspil mejeri mejse melodi melon menu mere
metal meter middag midte mikado mikrofon milepæl mimose mineral mini minut mirakel mobil modig mole moment
montage morgen mosaik mosekone motion motor motorvej muffin mund murer museum musik musling musvit myg mynte
myretue måltid måned måneskin mælk mønster nabo neon netto niece nikkel nomade nordlys notesbog notits nougat
novelle november nudel nutid nyde nyhed nynne nåletræ nød nøgle ocean odder oktober olie omelet omkreds onkel
onsdag opal opera opgave opskrift optik optog orange ordbog ordne orgel original orkester orkide ostemad otte
overtøj ovn paella paillet palet pande papaya papegøje papir paprika paraply parasol park parkbænk partner pasta
pastel pastinak pause pavillon pebernød pejs pelikan pen pensel pensum perle persille pesto petunia picnic pilot
pindsvin pingvin pinje pistacie pizza plads plaid plakat planet plast platan plekter plov plukke plys polka pony
popcorn porcelæn portræt postbud postkort presse prik prisme prøve puder pulver puma punkt purløg pusterør pynt
pyramide påfugl pæon pølse quiz rabarber radio radise raket ramme rapsmark raritet refleks regatta regel regnbue
regnbyge regnskov rejer rejsende rekord relief rensdyr reol ring ris robot rodeo rokke roman rose rosenbed rosin
rosmarin rubin rugbrød rulle rundtur rustik rygsæk rytme rytter råvare rækkehus rækværk ræv rødbede sadel safari
safir saft saga salami salat salme salmiak salon salsa salvie samba samling sandal sandbund sandslot sangbog
satellit satin saturn savanne saxofon scene scooter sejlads sejlbåd sejltur sekund selleri semester sennep
serenade service serviet sesam shampoo shorts signal sikker silke simpel sirup sjal skakbræt skammel skiferie
skihop skilt skinne skitse skjorte skole skolebus skov skovbund skovtur skovvej skrive skrue skuffe skulder
skulptur skumring sky skyttel skærm skøjte slalom slot slåbrok smag smaragd smed smil smoothie smykke smør snack
snebold snedker snefnug snegl snemand sneugle sofa sol solbær solcelle soldug solsikke solskin solsort sommer
sonate sorbet souvenir spade spand spejder spejl spille spinat spiral spise spisesal sport sporvogn sprog spurv
spørge stafet stald start station stativ statue stav stemme stempel stenbed stige stjerne stork strand struds
strøm stubbe studie støvle sukat sundhed suppe surf sushi svamp svane svømme svømning sweater syltetøj symbol
symfoni sæbe søhest søjle søkort søløve søndag søster tablet tagrende takt tale tambur tartan teater tegne
tegnebog tegning tekop tekst telefon teleskop telt tennis terrasse tiger tilbud time timian tip tirsdag toast
togtur tolk tomat ton topmøde torv traktor trappe tricks trio triumf trommer trompet trylle træ træner trætop
trøje tulipan tunfisk tunnel turbine turist turkis tærte tømrer tørklæde udflugt udsigt udspring ugle ukrudt
ukulele undulat union univers uran urskov vadehav valmue valnød vandfald vandpyt vandre vandring vanilje vante
varme vasketøj velour veranda verden vibe vifte viking vildand villa vind vindrue vinge vinter violet violin
vippe vitamin voksen vugge vulkan vågne væddeløb vægur vækkeur vækst vælge værelse værksted værktøj væver yacht
yatzy yndling yoga yoghurt zebra zenit zigzag zink zoo zoologi åben åkande årstid æble æblekage æblemost æbletræ
ægge ærter økologi ønske ørken ørred østers øvelse
"""
