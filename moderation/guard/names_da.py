"""Given names and surnames that are common among young people in Denmark, whatever their families' languages."""

GIVEN = """
aaliyah abbas abdi abdul abdullah adam adnan agnes ahmad ahmed aisha aksel albert alberte alexander alfred ali
alice alma alva amalie amanda amin amina amir amira amy ana anas anders andrea andreas andrej ane aneta anja
ann anna annabella anne anneline annette annika anton arthur arwa asger asli asta astrid august aya ayaan ayan
aylin ayse ayşe azra barbara bashir bastian beatrice benedicte benedikte benjamin berfin bertha bertram birgit
birgitte bjarke björn bjørn bodil brian britt burak camilla carl caroline casper cecilia cecilie charlotte
christian christina christine christoffer clara conrad daniel daniella danni david dicte diego dilan dilara
ditte dorte dorthe ebba ebbe edith efe eigil elena elias elif elin eline elisa elisabeth elisha ella ellen
ellie elliot elvira emil emilia emilie emily emine emma emre erik ester esther eva evelyn fabian fadi fadumo
farah faris fatih fatima fatma felicia felix ferdinand fie filip filippa finn fiona flora francesca frederik
frederikke freja frida frode gabriel georg gitte grethe gry gustaf gustav hadi hamid hamza hana hanna hannah
hanne hans harald hasan hassan hawa hector hedda heidi helena helene helin helle henriette henrik henry herman
hilda hjalmar holger hugo hussein ibrahim ida idil ilyas iman imran ines inga inge inger ingrid iris isa
isabel isabella isak ismail ivan jacob jakob jamal jan jana jane jannick jannik jasmina jens jeppe jesper
jette joachim joakim joan johan johanna johanne johannes john johnny jon jonas jonathan jose josefine
josephine josé julia julian julie jytte kaan kaj kaja karen karim karin karina karl karla karoline kasper
kathrine katja katrine kemal kenneth kevin khadija khalid kim kirsten kirstine kristian kristina kristine
kristoffer laerke lars lasse lauge laura laurits layla lea leah leila lena lene leo leon leonora lilly lily
lina line linnea linus lisa lise liva liza loke lone lotte louie louis louise luca lucas lucca ludvig luka
lukas luna lykke lærke mads magnus mai maiken maj maja malene malik malou malte malthe marcus maren margrethe
maria mariam marie marius mark markus marlene martha martin martine marwa maryam mateo mathias mathilde
matilde matteo mattias max maya mehmet melike melina melissa merete merve meryem mette michael michelle mie
mikael mikkel mila mille mina mira mirza mohamad mohamed mohammad mohammed mona monika morten muhammad mustafa
nadia nadja naim naja nanna naomi natalie natasha nathalie nawal nete nguyen nguyễn nicklas nicolaj nicolas
nicole nicoline niels niklas nikolaj nikoline nina noa noah noor nora nour olav ole oliver olivia oluf omar
omer oscar oskar osman otilia otto patrick patrik paula pelle per pernille peter petra philip pia poul preben
rachel rahma rania rasmus rayan rayyan rebecca rebekka regitze rikke robin rosa rosemarie ruben rune ruth saba
sabrina safiya sahra said salma sam samantha sami samir samira samuel sander sandra sanne sara sarah sebastian
selin selma semra sidsel signe sigrid sigurd silas silje simon simone siri siv sofia sofie solveig sonja
sophia sophie stefan steffen stella stig stine storm sumaya sune susanne svend sylvester søren tala tanja tara
tarek tareq thea theis theo theodor thomas thor thora tilde tim tina tine tobias tom tone torben tove trine
tristan troels tuva ulla ulrik valdemar valentin valeria vera vibeke victor victoria vigga viggo vigo viktor
viktoria vilhelm vilma vincent viola wael walter warda william xander yasin yasmin yasmina yosef younes
youssef yusuf zahra zainab zakaria zara zeinab zeynep ziad åge åse łukasz
"""

# Names that are words as well: they count only with a capital, or where a name must stand.
ALSO_WORDS = """
alma ana ann ask august aya birk bjørn bo dan dicte ella else fie finn fiona flora frode gry hana held hugo
inge iris isa jan john june kaj karen kim laerke leo lilly lily lina line linn lise liv loke lone luna lykke
lærke mai maj mark max may mie mila mille mina mira nina noor ole otto paula per robin rosa rune said sam sami
sander siv sne sofia sol stella sten stig storm sune tala tara thor tim tone trille trine ulla vera victoria
viola åge
"""

SURNAMES = """
aagaard abdi abdullah ahmad ahmed akbari ali andersen andreasen andresen arslan aslan bach bak bang bech beck
bendtsen berg bertelsen bjerre bjerregaard bonde borg bruun bundgaard bæk carlsen christensen christiansen
christoffersen clausen dahl dalgaard dam damgaard damsgaard davidsen demir eriksen eskildsen fischer frandsen
frederiksen friis gade gregersen hald hansen hassan hedegaard henriksen hermansen holm holst hussein husseini
ibrahim iversen jacobsen jakobsen jensen jeppesen jepsen jespersen jessen jochumsen johannesen johannsen
johansen johnsen jokumsen juhl justesen jørgensen karlsen kaya khan kirkegaard kjeldsen kjær kjærgaard klausen
knudsen koch kofoed kowalski kristensen kristiansen kristoffersen krogh kruse lange larsen lassen lauridsen
lauritsen laursen le leth lind lorentzen lorenzen lund lundgaard madsen malik markussen martinsen mathiasen
mathiesen mikkelsen mogensen mohamed mohammad mohammed mohamud mortensen munk møller nguyen nguyễn nielsen
nikolajsen nissen nowak nygaard nørgaard olesen olsen osman ottosen overgaard paulsen pedersen petersen
petersson pham poulsen rasmussen ravn riis sahin schmidt schou schrøder schultz simonsen skov skovgaard
steffensen svendsen svensson søgaard sørensen thomsen thorsen thygesen toft toftegaard tran vestergaard
villadsen villumsen winter winther yildirim yildiz yilmaz yusuf çelik özdemir öztürk østergaard øzdemir
"""

# Well-known people: to speak of them gives nobody away.
FAMOUS = """
adam sandler, albert einstein, anders hemmingsen, anders matthesen, anna david, anne frank, anton berg, ariana
grande, caroline wozniacki, casper christensen, christian eriksen, christopher nissen, david beckham, elias
ehlers, emil fra, emma stone, emma watson, frank hvam, henry cavill, joachim andersen, john lennon, jonas
vingegaard, karen blixen, kasper hjulmand, kasper schmeichel, kim larsen, lars løkke, lewis hamilton, lisa
simpson, ludvig holberg, lukas graham, mads mikkelsen, mark zuckerberg, martin luther, max verstappen, mette
frederiksen, michael jackson, michael laudrup, mohamed salah, muhammad ali, niels bohr, oscar wilde, pernille
harder, peter pan, peter parker, peter plys, peter schmeichel, rasmus seebach, robin hood, simon kvamm, thomas
helmig, tobias rahim, tom cruise, tom holland, victoria secret, viktor axelsen
"""
