"""The words that servers use, by what they stand for: synonyms have their one home here.

A text is read as the sequence of what its words stand for. What else stands in it (particles,
punctuation, stray letters, numbers) is passed over.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 8000
"""Characters of a text that are read; what a server has to say stands well before that."""

WORDS = {
    # Who and with what.
    "user": "用户/账号/账户/用户名/学号/工号/户名/USER/USERNAME/ACCOUNT",
    "password": "密码/口令/PASSWORD",
    "client": "客户端/客户机/认证软件/上网软件/客户端软件/CLIENT/SUPPLICANT",
    "ruijie": "锐捷/锐捷客户端/锐捷软件",
    "version": "版本/最新版/最新/新版/VERSION",
    "type": "类型/种类/TYPE",
    "integrity": "完整性/校验/篡改/破坏/INTEGRITY",
    "crack": (
        "破解/破解版/第三方/第三方客户端/盗版/外挂/非法客户端/非法的客户端/违规客户端/THIRD PARTY"
    ),
    "proxy": "代理/共享/多网卡/私接/PROXY",
    # What an account can be.
    "ban": (
        "被封/封禁/封停/封号/封锁/查封/黑名单/拉黑/已封/违规/违反/处罚/惩罚/恶意/屏蔽/BANNED/"
        "BLACKLISTED/BLACKLIST/BLOCKED"
    ),
    "frozen": "冻结/FROZEN",
    "lock": "锁定/锁住/被锁/LOCKED/LOCKED OUT",
    "restore": "自动恢复/自动解封/自动解除",
    "suspend": (
        "暂停/停用/禁用/停机/报停/停号/停网/停止服务/停止使用/失效/已停止/未激活/未启用/未开户/"
        "SUSPENDED/DISABLED/DEACTIVATED/INACTIVE"
    ),
    "closed": "销户/毕业/离校/删除/退网/撤销/CLOSED/DELETED",
    "expired": "过期/到期/逾期/过有效期/超过有效期/期满/EXPIRED",
    "arrears": (
        "欠费/透支/费用超支/缴费/充值/续费/交费/余额不足/ARREARS/ARREARAGE/OVERDUE/RECHARGE/"
        "INSUFFICIENT BALANCE/INSUFFICIENT CREDIT/NO CREDIT"
    ),
    "balance": "余额/费用/BALANCE/CREDIT",
    "data": "流量/时长/使用量/套餐/包月/网费/USAGE/USAGE TIME/TRAFFIC/UPTIME/QUOTA/DATA",
    "idle": "无流量/没有流量/无数据/无响应数据/闲置/空闲/IDLE",
    "remaining": "剩余/还可以/还剩/还有/REMAINING",
    "used-up": "用尽/用完/耗尽/用光/不足/无可用/超支/为0/EXHAUSTED/USED UP/INSUFFICIENT",
    "agreement": (
        "使用规定/管理规定/声明/协议/协议书/守则/须知/承诺书/条款/公约/责任书/AGREEMENT/TERMS"
    ),
    "captcha": "验证码/校验码/CAPTCHA/VERIFICATION CODE",
    "confirm": "确认/同意/签署/签订/接受/阅读/ACCEPT/AGREE/CONFIRM",
    # Addresses, and what an account is bound to.
    "bind": "绑定/捆绑/BIND/BINDING/BOUND",
    "mac": "MAC/MAC地址/物理地址/硬件地址/网卡地址/MAC ADDRESS",
    "ip": "IP/IPV/IP地址/地址/网络地址/IP ADDRESS/ADDRESS",
    "port": (
        "VLAN/VLANID/端口/接口/网口/插口/信息点/交换机/接入设备/NAS/NASIP/区域/地点/位置/房间/"
        "网段/PORT"
    ),
    "static": "静态/固定/手工/手动/STATIC",
    "dynamic": "动态/自动获取/自动获得/自动分配/DHCP/DYNAMIC",
    "conflict": "冲突/CONFLICT",
    "renew": "重新获取/重新获得/重新拿/更换/换一个/RENEW",
    "change": "修改/更改/改变/变更/变动/CHANGED",
    "registered": "登记/分配",
    "occupied": "占用/OCCUPIED",
    # Services and carriers.
    "service": "服务/运营商/服务商/线路/出口/接入方式/上网方式/SERVICE",
    "unavailable": "不可用/AVAILABLE",
    "choose": "选择/另选/重选/CHOOSE/SELECT",
    "subscribe": "开通/申请/订购/办理",
    # Hours.
    "hours": (
        "时段/时间段/时间范围/熄灯/断网时间/夜间/深夜/凌晨/上网时间/上课时间/开放时间/接入时间/"
        "TIMESPAN/TIME OF DAY/LOGIN TIME/ACCESS TIME/LOGIN HOURS/ACCESS HOURS"
    ),
    "time": "时间/TIME",
    "stop": "停止上网/停止上网服务/停止接入/关闭/断网",
    # Who is online, and how many.
    "online": "在线/ONLINE",
    "already-online": (
        "已在线/已经在线/已登录/已登陆/已经登录/已经登陆/已被登录/已上线/已经上线/ALREADY ONLINE/"
        "ALREADY LOGGED IN/ALREADY LOGGED ON/LOGGED IN"
    ),
    "in-use": "正在使用/正被使用/正在被使用/使用中/在使用/已使用/已被使用/IN USE",
    "exists": "已存在/已有/已经存在/EXISTS",
    "count": (
        "数量/人数/用户数/在线数/终端数/设备数/连接数/并发数/并发/个数/台数/终端/设备/SESSION/"
        "LOGINS/CONCURRENT/SIMULTANEOUS"
    ),
    "together": "同时/重复",
    "limit": (
        "上限/超限/超出/超过/限制/限额/最大/已满/达到/过多/太多/连续/LIMIT/MAXIMUM/EXCEED/"
        "EXCEEDED/REACHED/TOO MANY/NO MORE/MULTIPLE"
    ),
    "within": "不超过/不到",
    "times": "次数/多次/次/ATTEMPT/NUMBER OF",
    "once": "一次/前一次/上一次",
    "other": "其他/其它/别处/异地/他人/别人/另一/另一台/OTHER/ANOTHER/ELSEWHERE",
    # How a session ends, and what a try can come to.
    "login": "登录/登陆/登入/认证/上网/上线/接入/连接/LOGIN/LOGON/AUTHENTICATION",
    "offline": (
        "下线/离线/不在线/断线/掉线/断开/断开连接/踢/退出/注销/DISCONNECTED/"
        "FORCIBLY DISCONNECTED/LOGGED OFF/LOGGED OUT/OFFLINE"
    ),
    "not-yet-offline": (
        "未下线/尚未下线/没有下线/没有正常下线/未正常下线/非正常下线/下线未完成/刚下线/刚刚下线/"
        "正在下线/正在注销/尚未结束/没有结束/未结束"
    ),
    "self": "自助/自助服务/自服务/自助系统",
    "server": "服务器/认证设备/SERVER",
    "heartbeat": "心跳/会话/KEEPALIVE",
    "timeout": "超时/无响应/没有响应/未响应/TIMEOUT/TIMED OUT/NO RESPONSE",
    "lost": "丢失/LOST",
    "again": "再认证/再次认证/重新认证/再认证一次",
    "retry": "再试/重试/稍后/稍候/稍等/TRY AGAIN/LATER/RETRY",
    "hurry": "繁忙/系统忙/频繁/过快/间隔/太短/抢占/同步/BUSY/TOO SHORT/TOO FREQUENT",
    "no-answer": "响应超时/RADIUS0036",
    "a-while": "暂时/临时/一段时间/TEMPORARILY",
    # What is said of them.
    "not": "未/没有/没/非/不是/尚未/还没有/NOT",
    "ask": (
        "请使用/请安装/请下载/应使用/须使用/必须使用/需要使用/请将/请把/应为/应设为/必须为/须为/"
        "改为/PLEASE USE"
    ),
    "forbid": (
        "不允许/禁止/不准/不得/不可/不能/无权/没有权限/不许/限制登录/限制上网/不支持/NOT ALLOWED/"
        "NOT PERMITTED/CAN NOT/CANNOT"
    ),
    "only": "只允许/只能/仅限/仅允许/ONLY",
    "outside": "不在/不属于/OUTSIDE",
    "prescribed": "指定/提供/规定/要求/认可/统一/管理员指定",
    "absent": "不存在/未注册/找不到/NOT FOUND/NOT EXIST/DOES NOT EXIST/UNKNOWN/NOT REGISTERED",
    "no-user": (
        "无此用户/查无此人/非法字符/LOGIN INCORRECT/INVALID LOGIN/INVALID USER/INVALID USERNAME/"
        "INVALID CREDENTIALS/BAD CREDENTIALS/NO SUCH USER/UNKNOWN USER"
    ),
    "nothing": "出错/错误码/错误代码/ERROR CODE/NOT LOGGED IN",
    "wrong": (
        "错/错误/输错/有误/不正确/不匹配/不对/不符/不符合/不一致/不合法/非法/无效/为空/INCORRECT/"
        "INVALID/WRONG/MISMATCH/ERROR"
    ),
    "failed": "失败/FAILED/FAILURE",
    "low": "过低/太低/低/过旧/太旧/LOW/OLD",
    "upgrade": "升级/更新/UPGRADE/UPDATE",
}

_TRADITIONAL = str.maketrans(
    "帳帐號戶碼錯誤綁線時間務類動態靜協議書確認鎖凍結餘費繳額達數網衝過"
    "許運營選擇開銷機暫請後試連斷檢測應無權設備規範圍單區點個終陸證於",
    "账账号户码错误绑线时间务类动态静协议书确认锁冻结余费缴额达数网冲过"
    "许运营选择开销机暂请后试连断检测应无权设备规范围单区点个终陆证于",
)
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_SHIFT = 0xFEE0


_DIGITS = "0123456789"
_POINTS_OF_TIMES = (":", "点", "时")
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_words(text: str) -> Iterator[tuple[str, str]]:
    """Give what the words of a text stand for, in their order, and the words as they are read."""
    plain = plain_text(text)
    at, end = 0, len(plain)
    while at < end:
        for entry in _INDEX.get(plain[at], "=").split("/"):
            word, _, meaning = entry.partition("=")
            if word and plain.startswith(word, at) and _is_whole(word, plain, at):
                yield meaning, word
                at += len(word)
                break
        else:
            at += 1


def plain_text(text: str) -> str:
    """Return a text in one width, one case and one spelling, without what nothing is told by.

    Spaces and punctuation go, and so do Latin letters that make no word of the table. Between two
    Latin words there is one space, and a colon stays where it stands in a time of day.
    """
    kept: list[str] = []
    letters = ""
    ended = False
    for char in folded(text):
        if char in _LATIN:
            # Single letters with spaces between are one word.
            if ended and (len(letters) > 1 or not letters):
                _keep(letters, kept)
                letters = ""
            letters += char
            ended = False
        elif char.isalnum():
            _keep(letters, kept)
            letters, ended = "", False
            kept.append(char)
        elif char == ":" and kept and kept[-1] in _DIGITS and not letters:
            kept.append(char)
        else:
            ended = True
    _keep(letters, kept)
    return "".join(kept)


def _keep(letters: str, kept: list[str]) -> None:
    """Put a Latin word behind what is kept, if it is one of the table's."""
    if letters not in _LATIN_WORDS and letters.endswith("S"):
        letters = letters[:-1]
    if letters in _LATIN_WORDS:
        if kept and kept[-1][-1] in _LATIN:
            kept.append(" ")
        kept.append(letters)


def folded(text: str) -> str:
    """Return the beginning of a text in one width, one case and one spelling."""
    text = text[:LONGEST_TEXT]
    if not text.isascii():
        narrow = (
            chr(ord(char) - _FULL_WIDTH_SHIFT) if ord(char) in _FULL_WIDTH else char
            for char in text
        )
        text = "".join(narrow).translate(_TRADITIONAL)
    return text.upper()


def _is_whole(word: str, text: str, at: int) -> bool:
    """Whether a word is no part of a longer Latin one, nor its end the beginning of a time."""
    end = at + len(word)
    before, after = text[at - 1 : at], text[end : end + 1]
    return not (
        (word[0] in _LATIN and before and before in _LATIN)
        or (word[-1] in _LATIN and after and after in _LATIN)
        or (word[-1] in _DIGITS and _is_a_time(text, end))
    )


def _is_a_time(text: str, at: int) -> bool:
    """Whether a number that goes on at a place is a time of the day: ``为06:00`` is no ``为0``."""
    while text[at : at + 1] and text[at] in _DIGITS:
        at += 1
    return text[at : at + 1] in _POINTS_OF_TIMES


def _index() -> dict[str, str]:
    """Return the words by their first letter, the longest first: ``学号=user/学工号=user``.

    As texts: whoever was shut out once keeps them in memory, and as pairs they would be twice that.
    """
    found: dict[str, list[str]] = {}
    for meaning, words in WORDS.items():
        for word in words.split("/"):
            found.setdefault(word[0], []).append(f"{word}={meaning}")
    return {
        first: "/".join(sorted(entries, key=lambda entry: -entry.index("=")))
        for first, entries in found.items()
    }


_INDEX = _index()
_LATIN_WORDS = frozenset(
    "".join(char for char in part if char in _LATIN)
    for words in WORDS.values()
    for word in words.split("/")
    for part in word.split(" ")
) - {""}
