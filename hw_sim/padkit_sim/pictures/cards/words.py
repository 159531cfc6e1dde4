"""The words that invented people are made of: names, nations, places that do not exist. Only data."""

from __future__ import annotations

# GB/T 3304, in the order of its codes 01 to 56
NATIONS = (
    "汉", "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家",
    "哈尼", "哈萨克", "傣", "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜",
    "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒",
    "乌孜别克", "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴",
    "珞巴", "基诺",
)  # fmt: skip

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "慕容")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文辉力永健世广义兴良海山仁波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子"
    "昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克"
    "伦翔旭鹏泽晨辰士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘雨婷雪琳欣怡佳慧巧美娜静淑惠珠翠雅芝萍娥玲芬"
)
UNCOMMON = "喆堃犇垚淼鑫翀甯芃玥祎彧赟昊晟昱珩瑄琰璟翊骞懿轶烨煜铄琮"  # in names now and then
RARE = "䶮㛃龘燚㙓㭎㸌䴖䴙鿍𠮷"  # hardly any recogniser knows them
UIGHUR = (
    "阿卜杜热合曼", "买买提明", "艾力", "吐尔逊", "古丽娜尔", "热依汗", "阿依古丽", "玉素甫", "艾合买提",
    "帕提古丽", "努尔兰", "库尔班江", "阿迪力", "木塔力甫", "茹仙古丽",
)  # fmt: skip
TIBETAN = (
    "扎西", "卓玛", "次仁", "旺堆", "央金", "多吉", "拉姆", "平措", "尼玛", "桑吉", "才让", "德吉", "白玛",
    "洛桑", "格桑",
)  # fmt: skip
KOREAN = "金朴崔郑全许玄南姜"

PROVINCES = {  # the two digits are of real provinces, the prefecture 99 of none; the names do not exist
    "11": "虚构省", "13": "样例省", "15": "云岭省", "22": "示范省", "23": "澄海湾省", "31": "东陵省", "36": "南屏省",
    "41": "北棠省", "44": "瑶川省", "50": "望湖省", "53": "青岚自治区", "61": "石泉岭省", "65": "沙柳自治区",
}  # fmt: skip
PLACE_HEADS = (
    "青白云石松柏清明长永金银双龙凤鹤梅竹兰桂枫桃柳杨荷莲星月晨霞澄碧丹翠安宁和泰兴盛福瑞嘉庆东南西北上下前后大小高平"
)
PLACE_TAILS = "山河湖江溪泉川岭峰谷原林园洲岛港湾桥渡关口堡屯城陵丘塘池沟坡坪沙滩台寨门亭"
ROADS = ("路", "街", "大道", "巷", "胡同", "东路", "西路", "南街", "北街", "中路", "里")
COMPOUNDS = ("小区", "花园", "家园", "新村", "公寓", "苑", "佳苑")

COUNTRIES = (  # name and code (ISO 3166-1 alpha-3)
    ("加拿大", "CAN"), ("法国", "FRA"), ("德国", "DEU"), ("日本", "JPN"), ("韩国", "KOR"), ("新加坡", "SGP"),
    ("澳大利亚", "AUS"), ("英国", "GBR"), ("美国", "USA"), ("巴西", "BRA"), ("印度", "IND"), ("瑞典", "SWE"),
    ("马来西亚", "MYS"), ("俄罗斯", "RUS"), ("意大利", "ITA"), ("西班牙", "ESP"),
)  # fmt: skip
FAMILY = (
    "SAMPLE", "TESTER", "MODEL", "SPECIMENT", "EXAMPLE", "FICTON", "DUMMER", "INVENTI", "FIGMENTOVA",
    "MADEUPSSON", "PATTERNI", "NOBODYOV", "IMAGINI", "PRETENDER",
)  # fmt: skip
GIVEN_LATIN = (
    "ALEXANDER", "MARIA", "JOHN", "EMMA", "LUCAS", "SOFIA", "NOAH", "MIA", "PETER", "ANNA", "DAVID", "LAURA",
    "MAX", "JULIA", "IVAN", "OLGA", "KENJI", "YUKI", "MINJUN", "RAJ", "PRIYA", "ERIK", "ASTRID",
)  # fmt: skip
FOREIGN_CHINESE = ("安", "白", "高", "马", "柯", "卢", "罗", "苏", "唐", "艾", "费", "韩")

BANK = ("测试银行", "TEST BANK")
TEST_BIN = "699999"  # in a range that no card scheme uses
