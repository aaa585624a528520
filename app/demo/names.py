"""Invented names. Lists of common given and family names by heritage, put together by chance, so
that any likeness to a real person is an accident."""

from collections.abc import Mapping

from app.demo.chance import Chance

WOMEN = "female"
MEN = "male"

_WOMEN: Mapping[str, str] = {
    "british": (
        "Abigail Alice Alison Amanda Amelia Amy Angela Anna Bethany Caitlin Carol Caroline "
        "Catherine Charlotte Chloe Claire Clare Danielle Deborah Donna Eleanor Elizabeth Ella "
        "Ellie Emily Emma Erin Eve Faye Fiona Freya Gemma Georgia Grace Hannah Harriet Hayley "
        "Heather Helen Holly Imogen Isla Jane Jasmine Jennifer Jessica Jill Joanne Jodie Judith "
        "Julie Karen Kate Katie Kayleigh Kelly Kerry Kirsty Laura Lauren Leanne Linda Lindsay "
        "Lisa Lorna Louise Lucy Lydia Mandy Martha Megan Melanie Mia Michelle Molly Naomi "
        "Natalie Natasha Nicola Olivia Paige Patricia Philippa Phoebe Poppy Rachel Rebecca "
        "Rhian Rosie Ruby Ruth Sally Samantha Sandra Sarah Shannon Sharon Sian Siobhan Sophie "
        "Stacey Stephanie Susan Tamsin Tanya Tracy Vicky Victoria Wendy Yvonne Zoe"
    ),
    "irish": (
        "Aoife Bernadette Bridget Ciara Deirdre Eileen Fionnuala Grainne Maeve Maura Niamh "
        "Nuala Orla Roisin Sinead Siobhan"
    ),
    "european": (
        "Agnieszka Alina Andreea Anna Beata Carmen Chiara Daria Elena Francesca Giulia Ilona "
        "Ingrid Ioana Joanna Katarzyna Kristina Lucia Magdalena Maria Marta Monika Olga Petra "
        "Simona Sofia Zuzanna"
    ),
    "indian": (
        "Amrit Anita Anjali Deepa Divya Gurpreet Harleen Hema Jasbir Jaspreet Kavita Kiran "
        "Manpreet Meera Navneet Neha Nisha Pooja Priya Rajinder Reena Sangita Shreya Simran "
        "Sonal Sunita"
    ),
    "pakistani": (
        "Aisha Amina Asma Faiza Farah Fatima Hina Humaira Iqra Khadija Maryam Mehwish Nadia "
        "Nasreen Rabia Rukhsana Saima Samina Sana Shazia Sobia Sumaira Yasmin Zainab Zara"
    ),
    "bangladeshi": (
        "Afsana Fahmida Farzana Habiba Jannat Lubna Mahfuza Nasima Nazma Rahela Rehana Runa "
        "Sadia Shahana Shirin Sultana Tahmina"
    ),
    "chinese": "Amy Fiona Grace Hui Jia Jing Joyce Lily Ling Mei Vivian Wai Winnie Xin Ying",
    "asian": (
        "Anjana Anusha Dilini Grace Hiruni Joy Kavitha Linh Maricel Nirmala Parveen Rosa "
        "Sanjana Sarita Thao Thilini"
    ),
    "caribbean": (
        "Alicia Chantelle Cherelle Denise Dionne Janelle Jasmine Kadeen Keisha Latoya Leonie "
        "Marcia Monique Natalie Renee Rochelle Shanice Sharlene Simone Tamara Tanisha Yolanda"
    ),
    "african": (
        "Abena Adaeze Adjoa Akosua Amara Ayodele Blessing Chiamaka Chidinma Comfort Efua Esther "
        "Fatou Folake Funmi Grace Ify Mercy Ngozi Ruvimbo Tariro Temitope Thandiwe Wanjiru "
        "Zainab"
    ),
    "arab": (
        "Amal Dalia Dina Hala Hanan Huda Iman Layla Lina Mona Nour Rania Reem Salma Samar Yara"
    ),
    "other": (
        "Aylin Camila Defne Elif Gabriela Leila Mariana Nazanin Parisa Shirin Valentina Yasaman"
    ),
}

_MEN: Mapping[str, str] = {
    "british": (
        "Aaron Adam Aidan Alan Alex Alfie Andrew Anthony Archie Ashley Barry Ben Benjamin Brian "
        "Callum Cameron Carl Charlie Chris Christopher Colin Connor Craig Curtis Daniel Darren "
        "David Dean Declan Dominic Duncan Dylan Edward Elliot Ethan Ewan Finlay Frank Gareth "
        "Gary Gavin George Glen Graham Grant Greg Harry Harvey Henry Howard Hugh Ian Isaac Jack "
        "Jacob Jake James Jamie Jason Joe Joel John Jonathan Jordan Joseph Josh Karl Keith "
        "Kevin Kieran Kyle Lee Leon Lewis Liam Logan Louis Lucas Luke Malcolm Mark Martin "
        "Matthew Max Michael Nathan Neil Nicholas Nigel Noah Oliver Oscar Owen Patrick Paul "
        "Peter Philip Reece Rhys Richard Robert Roger Ross Russell Ryan Sam Scott Sean Shaun "
        "Simon Stephen Steven Stuart Thomas Tim Toby Tom Tony Tyler Wayne Will William"
    ),
    "irish": (
        "Aidan Brendan Cathal Ciaran Colm Conor Cormac Declan Dermot Donal Eamon Fergal Kieran "
        "Niall Oisin Padraig Ronan Rory"
    ),
    "european": (
        "Adrian Alessandro Andrei Bartosz Bogdan Dawid Filip Gabriel Grzegorz Jakub Jan Janis "
        "Kamil Laszlo Lukas Marco Marek Mateusz Mihai Nikolai Pawel Pedro Piotr Radek Stefan "
        "Tomasz Viktor"
    ),
    "indian": (
        "Ajay Amar Amit Anand Arjun Baljit Bhavin Deepak Dilip Gurdeep Harjit Hitesh Jagdeep "
        "Jaspal Kuldeep Manoj Nikhil Parminder Rajesh Ravi Rohan Sandeep Sanjay Sukhdev Sunil "
        "Vikram"
    ),
    "pakistani": (
        "Abdul Adeel Adnan Ahmed Amjad Asif Bilal Faisal Farhan Hamza Haroon Imran Irfan Junaid "
        "Kashif Khalid Mohammed Nadeem Naveed Omar Rizwan Saqib Shahid Tariq Usman Waqas Yasir "
        "Zahid Zeeshan"
    ),
    "bangladeshi": (
        "Abdus Anwar Ashraful Faruk Habib Jubair Kamal Mahbub Masud Mizan Nazrul Rashed Rezaul "
        "Saiful Shafiq Tanvir Zahirul"
    ),
    "chinese": "Alan Andy Chun David Hao Jason Jun Kai Kenneth Ming Raymond Simon Wei Wing Yi",
    "asian": (
        "Arvind Bishal Chamara Dinesh Dipak Gyan Jerome Kasun Long Minh Nuwan Prakash Ramon "
        "Roshan Suman Suresh Tuan"
    ),
    "caribbean": (
        "Andre Anton Carlton Clive Courtney Damian Delroy Denzel Dwayne Errol Jermaine Jerome "
        "Kemar Leroy Marcus Marlon Nathaniel Omari Reuben Ricardo Tyrone Winston"
    ),
    "african": (
        "Abiodun Adewale Chidi Chukwuma Collins Daniel Ebenezer Emeka Emmanuel Femi Godfrey "
        "Isaac Kelechi Kofi Kojo Kwabena Kwame Mandla Obinna Olumide Samuel Segun Tendai Tunde "
        "Uche Yaw"
    ),
    "arab": (
        "Bassam Fadi Hassan Hisham Ibrahim Karim Khaled Mahmoud Marwan Mustafa Nabil Rami Sami "
        "Tarek Yousef Ziad"
    ),
    "other": "Arash Baris Behnam Carlos Diego Emre Farid Kian Mehmet Navid Rafael Reza",
}

_FAMILY: Mapping[str, str] = {
    "british": (
        "Ackroyd Adams Ainsley Aldridge Allen Appleby Archer Armitage Arnold Ashworth Atkins "
        "Bagshaw Bailey Baines Baker Ball Barber Barker Barlow Barnett Barrow Bassett Bates "
        "Baxter Beaumont Beckett Bell Bennett Benson Berry Birch Bishop Blackburn Bland Booth "
        "Bowen Bradley Bradshaw Brearley Briggs Brooks Brown Bryant Buckley Burgess Burns "
        "Burton Butler Byrom Calvert Cartwright Chadwick Chambers Chapman Clarke Clegg Cole "
        "Collins Cooke Cooper Cowling Cox Crabtree Crawford Crossley Cunliffe Curtis Dalton "
        "Davies Dawson Day Dean Denby Dixon Dobson Drake Dunn Eastwood Edwards Ellis Emmett "
        "Evans Farrar Fawcett Fenton Fielding Firth Fisher Fletcher Foster Fox Francis Freeman "
        "Frost Gale Gardner Garside George Gibson Gill Gledhill Goddard Goodall Gordon Graham "
        "Grant Gray Greenwood Gregory Griffiths Haigh Hall Hammond Hanson Hardcastle Hardy "
        "Hargreaves Harper Harris Harrison Hart Hartley Harvey Hawkins Hayes Haywood Heath "
        "Hebden Heptonstall Hewitt Higgins Hill Hinchliffe Hirst Hobbs Hodgson Holdsworth "
        "Holmes Hopkins Horsfall Howarth Hudson Hughes Hunt Hurst Ibbotson Illingworth Ingham "
        "Jackson Jagger James Jenkins Jepson Johnson Jones Jowett Judson Kay Kaye Kellett Kemp "
        "Kendall Kershaw Kilburn King Kirk Knight Lamb Lambert Lawson Leach Lee Lewis Lister "
        "Lloyd Lockwood Lomax Lord Lowe Lumb Lyons Maddox Marsden Marsh Marshall Mason Matthews "
        "Mellor Metcalfe Midgley Miller Mills Mitchell Moorhouse Morgan Morley Morris Morton "
        "Mosley Murgatroyd Myers Naylor Newton Nicholls Noble Norcliffe Nuttall Ogden Oldroyd "
        "Ormerod Osborne Owens Palmer Parker Parkin Parrish Pashley Payne Pearson Peel Perkins "
        "Phillips Pickles Pilling Pitts Platt Pollard Poole Porter Powell Pratt Preston Price "
        "Priestley Quarmby Ramsden Rawlinson Rawson Reid Reynolds Rhodes Richards Riley Rimmer "
        "Roberts Robertshaw Robinson Rogers Rowe Royle Rushworth Russell Ryder Sanderson "
        "Saunders Schofield Scott Senior Sharp Shaw Sheard Shepherd Simpson Skelton Slater "
        "Smith Speight Spencer Stansfield Stead Stephens Stott Strickland Stubbs Sugden "
        "Sutcliffe Swales Swift Sykes Tate Tattersall Taylor Tempest Thackray Thomas Thompson "
        "Thornton Thwaite Tordoff Townend Turner Tyson Uttley Varley Vickers Wadsworth "
        "Wainwright Walker Walsh Walton Warburton Ward Waring Waterhouse Watkins Watson Webb "
        "Webster Wells West Whitaker White Whiteley Whitworth Wilcock Wilkinson Williams Wilson "
        "Winter Wood Woodhead Woolley Wormald Wright Wyatt Yates Young"
    ),
    "irish": (
        "Boyle Brennan Byrne Cahill Carroll Cassidy Connolly Costello Daly Doherty Donnelly "
        "Doyle Duffy Egan Fahy Flanagan Gallagher Hickey Keane Kehoe Kelly Kenny Lynch Maguire "
        "McBride McCabe McGrath McHugh Molloy Mulligan Murphy Nolan Quigley Reilly Rourke "
        "Sheehan Sweeney Tierney Ward"
    ),
    "european": (
        "Andersen Bianchi Ceban Costa Dumitru Dvorak Esposito Ferrari Fischer Georgiou Horvath "
        "Ionescu Jankowski Kaminski Kowalczyk Kozlov Kruger Larsen Lis Lopes Marino Martins "
        "Mazur Moreau Nagy Nowicki Ozolins Petrov Popa Radu Rossi Silva Sobczak Stoica Szabo "
        "Toth Weber Wojcik Zielinski"
    ),
    "indian": (
        "Atwal Bains Bhatt Chauhan Chopra Dhaliwal Dhillon Gandhi Gill Grewal Gupta Iyer Joshi "
        "Kapoor Kaur Khatri Lal Mehta Mistry Nair Pandya Parmar Patel Rai Rana Reddy Sandhu "
        "Sharma Sidhu Singh Solanki Varma Virdee"
    ),
    "pakistani": (
        "Abbasi Afzal Ahmed Akhtar Ali Anwar Arshad Ashraf Aslam Aziz Bashir Bhatti Butt "
        "Chaudhry Dar Hussain Hyder Iqbal Jamil Javed Kayani Khan Mahmood Malik Mirza Mughal "
        "Nawaz Qureshi Rafiq Raja Rashid Rehman Saleem Sarwar Shafi Shah Siddiqui Yousaf Zafar"
    ),
    "bangladeshi": (
        "Ahmed Alam Ali Begum Chowdhury Haque Hossain Islam Khatun Miah Molla Rahman Sarkar "
        "Sikder Talukder Uddin"
    ),
    "chinese": (
        "Chan Chen Cheung Chow Fung Ho Huang Lam Lau Leung Li Lin Liu Mok Ng Tang Wong Wu Yeung "
        "Zhang"
    ),
    "asian": (
        "Bandara Bautista Cruz Dias Fernando Gurung Jayasuriya Limbu Mendis Nguyen Perera Pham "
        "Rai Rajapaksa Ramos Reyes Santos Shrestha Tamang Thapa Tran"
    ),
    "caribbean": (
        "Alleyne Bailey Barrett Beckford Bernard Blackwood Brathwaite Campbell Carty Charles "
        "Clarke Dacosta Daley Davis Dixon Francis Gayle Gordon Grant Hinds Jarrett Joseph "
        "Lawrence Lindo McKenzie Morrison Nembhard Palmer Reid Roach Samuels Thompson Walcott "
        "Wilmot"
    ),
    "african": (
        "Abara Adeleke Adjei Agyeman Akande Amoah Antwi Appiah Asante Banda Bello Boateng "
        "Chikwanha Dlamini Eze Gathoni Ibe Kamau Kariuki Kiplagat Mensah Moyo Mutasa Ncube "
        "Ndlovu Nkosi Nwosu Obi Odhiambo Ogunleye Okafor Okoro Onyango Opoku Osei Owusu Sesay "
        "Sibanda Tetteh Udoh"
    ),
    "arab": (
        "Aziz Darwish Farouk Ghanem Haddad Hamdan Hariri Idris Jaber Kassem Khoury Mansour "
        "Nasser Rahal Saad Saleh Shaheen Taha Younis Zaki"
    ),
    "other": "Acosta Ahmadi Arslan Aydin Demir Farahani Herrera Karimi Moradi Ortega Rojas Yilmaz",
}

GIVEN: Mapping[str, dict[str, list[str]]] = {
    heritage: {WOMEN: _WOMEN[heritage].split(), MEN: _MEN[heritage].split()} for heritage in _WOMEN
}
FAMILY: Mapping[str, list[str]] = {heritage: names.split() for heritage, names in _FAMILY.items()}

HERITAGE: Mapping[str, tuple[str, str]] = {
    "W1": ("british", "british"),
    "W2": ("irish", "irish"),
    "W3": ("irish", "irish"),
    "W9": ("european", "european"),
    "M1": ("british", "caribbean"),
    "M2": ("british", "african"),
    "M3": ("british", "indian"),
    "M9": ("british", "other"),
    "A1": ("indian", "indian"),
    "A2": ("pakistani", "pakistani"),
    "A3": ("bangladeshi", "bangladeshi"),
    "A4": ("chinese", "chinese"),
    "A9": ("asian", "asian"),
    "B1": ("caribbean", "caribbean"),
    "B2": ("african", "african"),
    "B9": ("caribbean", "african"),
    "O2": ("arab", "arab"),
    "O9": ("other", "other"),
}
"""Which given and family names go with each self-defined ethnicity code (18+1 without NS)."""

ETHNICITIES: Mapping[str, float] = {
    "W1": 84.0,
    "W2": 1.3,
    "W3": 0.1,
    "W9": 3.2,
    "M1": 1.0,
    "M2": 0.4,
    "M3": 0.8,
    "M9": 0.6,
    "A1": 1.5,
    "A2": 2.3,
    "A3": 0.6,
    "A4": 0.3,
    "A9": 0.7,
    "B1": 1.0,
    "B2": 1.1,
    "B9": 0.3,
    "O2": 0.3,
    "O9": 0.5,
}
"""An invented mix of roughly the shape of a northern English force."""


def invent(chance: Chance, *, ethnicity: str, sex: str) -> tuple[str, str]:
    """A given and a family name in line with a self-defined ethnicity and a sex."""
    given, family = HERITAGE[ethnicity]
    if ethnicity.startswith("M") and chance.happens(0.5):
        given, family = family, given
    return chance.choice(GIVEN[given][sex]), chance.choice(FAMILY[family])
