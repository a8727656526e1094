"""What the young need help with: the directory's own small vocabulary (an HSDS taxonomy).

The codes say nothing by themselves: they stand in the address of the directory, and an address stays in the phone's
history for others to see.
"""

SUICIDE = "t01"
SELF_HARM = "t02"
FOOD = "t03"
LONELY = "t04"
SAD = "t05"
FAMILY = "t06"
VIOLENCE = "t07"
CONTROL = "t08"
ABUSE = "t09"
ONLINE = "t10"
DRINK = "t11"
DRINK_AT_HOME = "t12"
BODY = "t13"
GENDER = "t14"
BULLYING = "t15"
SCHOOL = "t16"
GRIEF = "t17"
MONEY = "t18"
ANYTHING = "t19"

# Where somebody may be in danger while they look: 112 stands first.
ACUTE = frozenset({SUICIDE, SELF_HARM, VIOLENCE, ABUSE})

# code: (Danish, English)
TOPICS: dict[str, tuple[str, str]] = {
    ANYTHING: ("Alt muligt", "Anything at all"),
    LONELY: ("Ensomhed", "Feeling lonely"),
    SAD: ("Angst og tristhed", "Anxiety and sadness"),
    SUICIDE: ("Tanker om at dø", "Thoughts of dying"),
    SELF_HARM: ("Selvskade", "Hurting yourself"),
    FOOD: ("Mad og krop", "Food and body"),
    FAMILY: ("Familie og hjem", "Family and home"),
    VIOLENCE: ("Vold", "Violence"),
    ABUSE: ("Overgreb", "Sexual abuse"),
    CONTROL: ("Kontrol og ære", "Control and honour"),
    ONLINE: ("Billeder og trusler på nettet", "Pictures and threats online"),
    DRINK: ("Alkohol og stoffer", "Alcohol and drugs"),
    DRINK_AT_HOME: ("Når nogen drikker derhjemme", "When someone drinks at home"),
    BODY: ("Krop, sex og kærester", "Body, sex and love"),
    GENDER: ("Køn og identitet", "Gender and identity"),
    BULLYING: ("Mobning", "Bullying"),
    SCHOOL: ("Skole og job", "School and work"),
    GRIEF: ("Sorg", "Grief"),
    MONEY: ("Penge og bolig", "Money and a place to live"),
}
