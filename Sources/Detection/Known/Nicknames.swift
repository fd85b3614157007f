/// Short and familiar forms of given names.
enum Nicknames {
  /// The names that somebody called `name` may also be called; `name` is in folded lower case.
  static func related(to name: [UInt8]) -> [[UInt8]] {
    guard let groups = groups[String(decoding: name, as: UTF8.self)] else { return [] }
    return Set(groups.flatMap { $0 }).filter { Array($0.utf8) != name }.sorted().map { Array($0.utf8) }
  }

  private static let groups: [String: [[String]]] = {
    var groups: [String: [[String]]] = [:]
    for line in table.split(separator: "\n") {
      let names = line.split(separator: " ").map(String.init)
      for name in names { groups[name, default: []].append(names) }
    }
    return groups
  }()

  /// One group of names a line: English, Spanish, Portuguese, Slavic, German, Italian, Arabic and others.
  private static let table = """
    abigail abby abbie gail
    abraham abe bram avi
    adam addy
    adelaide addie ada heidi
    agnes aggie nessa
    albert al bert bertie alberto beto
    alejandra ale alexa sandra jandra
    alejandro ale alex jandro sandro
    aleksandr aleksander alexandr alexander sasha sanya shura alex sandy lex xander alec
    aleksandra alexandra sasha alex sandra lexi lexie sandy allie ola
    aleksei alexei alexey alyosha lyosha
    alfred al alf alfie fred freddie alfredo fredo
    alice allie ali
    allison alison allie ali
    amanda mandy
    ana anna annie ania anya anika nan nancy
    anastasia nastya stacy ana tasia nastia
    andrei andrey andriy andryusha
    andrew andy drew andres andre
    andrzej andrzejek jedrek
    angela angie
    angelina angie lina
    anthony tony ant antonio tonio toni
    antonina tonya nina
    arthur art artie arturo
    barbara barb barbie babs basia varya
    beatrice bea trixie beatriz
    benjamin ben benny benji benjy
    bernadette bernie
    bernard bernie barney
    bogdan bohdan danya
    boris borya
    bradley brad
    calvin cal
    carolina caro lina
    caroline carol carrie lina
    carlos carlitos charlie
    catalina cata lina
    catherine katherine kathryn kate katie kathy cathy kat kit kitty kay katya katia kasia katarzyna ekaterina yekaterina caterina
    charles charlie chuck chas chaz
    charlotte charlie lottie lotte
    christian chris
    christina christine cristina kristina kristine chris chrissy tina kris kristi krystyna
    christopher chris kit topher kris cristobal
    clifford cliff
    concepcion concha conchita
    consuelo chelo
    cornelius neil con
    cynthia cindy
    daniel dan danny dani daniil danila
    daniela dani
    david dave davey davy
    deborah deb debbie debra
    dennis denny
    dmitri dmitry dmytro dima mitya
    dolores lola lolita
    donald don donnie donny
    dorothy dot dottie dolly dora
    douglas doug
    edith edie
    eduardo lalo edu
    edward ed eddie ted teddy ned eddy
    edwin ed eddie win
    eleanor ellie nell nora ella lena elena
    elena lena elenita helena olena alyona
    elizabeth liz lizzie beth betty betsy eliza ellie libby lisa elsie bess bette lisbeth elisabeth elzbieta yelizaveta liza elisa
    emily em emmy emilia mila
    enrique quique kike
    ernest ernie ernesto neto
    esperanza espe
    esther essie
    eugene gene evgeny yevgeny evgeni zhenya
    evgenia yevgenia zhenya
    evelyn evie eve
    ezekiel zeke
    fatima fati
    felipe pipe
    fernando nando fer
    frances fran francie frankie
    francesca franca chesca
    francis frank fran frankie
    francisca paca paquita
    francisco paco pancho frank cisco kiko
    franklin frank
    frederick fred freddie freddy rick fritz federico
    friedrich fritz
    gabriel gabe gabo
    gabriela gabrielle gabby gaby
    galina galya
    gennady gena
    georgina georgia gina
    gerald gerry jerry gerardo
    gertrude trudy gertie
    giovanni gianni nino vanni
    giuseppe beppe peppe pino
    grazyna grazynka
    gregory greg grigory grisha grzegorz gregorio goyo
    guadalupe lupe lupita
    guillermo memo guille
    gwendolyn gwen wendy
    hannah hanna
    harold harry hal
    hans johannes hannes
    harriet hattie
    heinrich heinz henrik
    helen nell nellie lena
    henry hank harry hal
    herbert herb bert
    hortencia tencha
    howard howie
    hubert bert hugh
    hugo huguito
    ignacio nacho
    igor gosha
    irina ira irena irka
    isaac ike zac
    isabel isabella isabelle bella izzy belle chabela isa
    ivan vanya
    jacqueline jackie
    jacob jake jakub kuba
    jadwiga jadzia
    james jim jimmy jamie jem
    jan janek jasiek
    jane janie jenny
    janet jan
    jeffrey jeff geoffrey geoff
    jennifer jen jenny jenn
    jeremiah jeremy jerry
    jerome jerry
    jesus chuy chucho
    jessica jess jessie
    jill jillian gillian
    joan joanie
    joanna joanne jo asia
    john johnny jack jon
    jonathan jon jonny nathan
    jorge coque george
    jose pepe chepe joseito
    josefa josefina pepa fina
    joseph joe joey jo jozef josef
    josephine jo josie fifi
    joshua josh
    joyce joy
    juan juanito
    judith judy jude
    julia julie jules
    julian jules
    katarina katka
    kenneth ken kenny
    kimberly kim kimmy
    konstantin kostya
    krzysztof krzys krzysiek
    larisa lara
    lawrence laurence larry lars lorenzo
    leonard len lenny leo leon
    leonardo leo
    leopold leo
    leticia lety
    lillian lily lil
    lourdes lulu
    louis lou louie luis lucho
    louise lou lulu luisa
    lucille lucy lucia luz
    ludmila lyudmila luda lyuda mila
    luigi gigi
    lyubov lyuba
    magdalena magda lena malena
    manuel manny manolo
    marcos marcus mark marc
    margaret maggie meg peggy marge margie greta rita daisy madge peg margarita malgorzata gosia margo margot
    maria mary mia marie mimi mariya masha marika maryam mariam
    mariana marianne marian nana
    maribel mari
    martha marty mattie
    martin marty
    matthew matt matty mateo mateusz
    maureen mo reenie
    maximilian max maxim maksim
    maximiliano max
    melanie mel
    melissa mel missy lissa
    mercedes merche meche
    michael mike mick mickey mikey mikhail misha miguel michal mischa
    michelle shelly michele
    mikhail misha
    mildred millie
    mohammed muhammad mohamed mohammad mo hamid
    monica mona
    nadezhda nadia nadya
    nancy nan
    natalia nataliya natalya natasha nata natalie nat
    nathaniel nathan nate nat
    nicholas nick nicky nico nicolas nikolas klaus
    nicole nikki nicky
    nikolai nikolay mykola kolya
    norman norm
    octavio tavo
    oksana ksenia ksusha
    oleksandr sashko oleks
    olga olya olha
    oliver ollie
    pamela pam
    patricia pat patty trish tricia patsy
    patrick pat paddy patricio
    paul paulie pablo pavel pasha
    pavel pasha
    pawel pawelek
    peter pete petey pedro piotr petr petya
    philip phillip phil felipe pip
    phyllis phil
    priscilla cilla
    rachel rae raquel
    rafael rafa
    raymond ray ramon
    rebecca becca becky becki
    reginald reg reggie
    ricardo ricky rico
    richard rick ricky rich dick richie
    robert bob bobby rob robbie bert roberto beto
    roberta bobbie robbie
    rodrigo rodri
    roman roma
    ronald ron ronnie ronny
    rosalia rosa
    rosario charo
    rosemary rose rosie
    roxanne roxy
    russell russ rusty
    ruslan rusik
    salvador chava
    samantha sam sammy
    samuel sam sammy
    sandra sandy
    santiago santi chago
    sarah sally sadie sara
    sebastian seb bas
    sergei sergey serhiy seryozha serge sergio checo
    sharon shari
    sigmund zygmunt
    sidney sid
    simon si szymon semyon syoma
    sofia sophia sophie sonya sonia sofi zofia zosia
    solomon sol
    stanislav stanislaw stas staszek stan
    stanley stan
    stephanie steph stefania stevie
    stephen steven steve stevie stefan esteban
    susan sue susie suzanne suzie susana
    svetlana sveta lana
    tadeusz tadek
    tatiana tatyana tanya tania
    teresa theresa tess tessa terry tere tessie resa
    terrence terence terry
    theodore ted teddy theo fyodor fedya
    thomas tom tommy tomas tomasz tomek
    timothy tim timmy
    tobias toby
    tomasz tomek
    valentina valya
    valeria valerie val lera
    vanessa nessa
    veronica vero ronnie
    victor vic vik viktor vitya
    victoria vicky vicki tori viktoria vika
    vincent vince vinnie vin vicente
    virginia ginny ginger
    vitaly vitalik
    vladimir volodymyr vova volodya vlad
    vladislav vlad slava
    vyacheslav slava
    vasily vasyl vasya
    virgil virge
    walter walt wally
    wanda wandzia
    wilhelm willi willy
    wilhelmina mina minnie
    william will bill billy willy willie liam wm
    wojciech wojtek
    xavier javier javi xavi
    yolanda yoli
    yuri yury yura
    yusuf youssef joseph
    zachary zach zack zak
    zinaida zina
    """
}
