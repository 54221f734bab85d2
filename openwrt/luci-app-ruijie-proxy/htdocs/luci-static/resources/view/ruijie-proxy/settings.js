'use strict';
'require view';
'require dom';
'require form';
'require uci';
'require tools.widgets as widgets';
'require ruijie-proxy.program as program';

var CONFIG = 'ruijie-proxy';

/* As the program's reader has them (config/shape/parsers.py). */
var TRUE_WORDS = [ '1', 'yes', 'on', 'true', 'enabled' ];
var FALSE_WORDS = [ '0', 'no', 'off', 'false', 'disabled' ];
var SESSION_NAME = /^[A-Za-z0-9_-]{1,32}$/;
var DECIMAL = /^[0-9]{1,12}(\.[0-9]{1,6})?$/;
var WHOLE = /^[0-9]{1,12}$/;
var WHOLE_OR_HEX = /^([0-9]{1,12}|0[xX][0-9a-fA-F]{1,12})$/;
var MAC_ADDRESS = /^[0-9a-f]{2}([:-])([0-9a-f]{2}\1){4}[0-9a-f]{2}$/;
var IPV4_ADDRESS = /^((0|[1-9][0-9]{0,2})\.){3}(0|[1-9][0-9]{0,2})$/;
var VERSION = /^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){1,2}$/;
var URL_OF_HTTP = /^http:\/\/(?:\[([0-9a-fA-F:.]+)\]|[A-Za-z0-9.-]{1,253})(:([0-9]{1,5}))?(\/[!-~]*)?$/;
var GROUP_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;
var UNPRINTABLE = /[\u0000-\u001f\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/;
var PROPERTY = /^(0x[0-9a-f]+|[0-9]+)=(remove|hex:(?:[0-9a-f]{2})*|text:.*)$/i;

/* What an input method for Chinese writes in place of what was meant (config/shape/look_alikes.py). */
var CHINESE_QUOTES = /[“”„‟‘’‚‛＂＇「」『』]/;
var CHINESE_COLONS = /[：﹕︰]/;
var CHINESE_COMMAS = /[，、﹐﹑]/;
var CHINESE_SEMICOLONS = /[；﹔]/;
var OTHER_SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;
var INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/;
var FULL_WIDTH = /[。…—–―・·《》〈〉【】〔〕￥\uff01-\uff5e]/;

var LARGEST_HEARTBEAT_NUMBER = 0xFFFFFFFF;
var LONGEST_INTERFACE_NAME = 15;
var LONGEST_PATH = 4000;
var LONGEST_SOCKET_PATH = 107;
var LONGEST_URL = 500;
var LONGEST_USERNAME = 253;
var LONGEST_PASSWORD = 1024;
var LONGEST_CLIENT_NAME = 200;
var LONGEST_SERVICE = 32;
var LONGEST_SERVICE_AT_PORTAL = 255;
var LONGEST_DISK_SERIAL = 64;
var LONGEST_PROPERTY = 247;
var MOST_DNS_SERVERS = 8;
var MOST_NETWORKS = 16;
var MOST_SPANS = 10;
var DAYS = [ 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun' ];

/* As the program's table has them (config/shape/campuses.py); the names are the same in every language. */
var CAMPUSES = [
	[ 'fjut', '福建理工大学 FJUT' ],
	[ 'gdufs', '广东外语外贸大学 GDUFS' ],
	[ 'gzhu', '广州大学 GZHU' ],
	[ 'hust', '华中科技大学 HUST' ],
	[ 'jmu', '集美大学 JMU' ],
	[ 'jnu', 'JNU' ],
	[ 'nwafu', '西北农林科技大学 NWAFU' ],
	[ 'scau', '华南农业大学 SCAU' ],
	[ 'scnu', '华南师范大学 SCNU' ],
	[ 'sysu', '中山大学 SYSU' ],
	[ 'sysu-east', '中山大学东校园 SYSU' ],
	[ 'zqu', '肇庆学院 ZQU' ],
	[ 'zzu', '郑州大学 ZZU' ]
];

/* ---- what a value may be: each returns true, or what is wrong with it ---- */

function bytesOf(text) {
	return new Blob([ text ]).size;
}

/* In GBK: one byte for ASCII, two for what else it has. */
function bytesInGbk(text) {
	return Array.from(text).reduce(function(sum, character) {
		return sum + (character.charCodeAt(0) < 0x80 ? 1 : 2);
	}, 0);
}

/* What is wrong with a text because of the input method, or null. */
function lookAlike(value) {
	if (CHINESE_QUOTES.test(value))
		return _('It has Chinese quotes in it: write " instead.');

	if (CHINESE_COLONS.test(value))
		return _('It has a full-width colon in it: write : instead.');

	if (CHINESE_COMMAS.test(value))
		return _('It has a Chinese comma in it: write , instead.');

	if (CHINESE_SEMICOLONS.test(value))
		return _('It has a full-width semicolon in it: write ; instead.');

	if (OTHER_SPACES.test(value))
		return _('It has a full-width space in it: write a plain one, or none.');

	if (INVISIBLE.test(value))
		return _('It has an invisible character in it: type all of it anew.');

	return FULL_WIDTH.test(value) ? _('It has full-width characters in it: switch the input method to English.') : null;
}

function anyText(value) {
	return UNPRINTABLE.test(value) ? _('It has characters that cannot be printed.') : true;
}

function shortText(most) {
	return function(value) {
		if (anyText(value) !== true)
			return anyText(value);

		return bytesInGbk(value) <= most || _('It is longer than %d bytes in GBK.').format(most);
	};
}

/* 802.1X has room for so much of it; of a portal no limit is known but that of a line. */
function serviceName(value, mode) {
	if (anyText(value) !== true)
		return anyText(value);

	if (mode == 'portal')
		return Array.from(value).length <= LONGEST_SERVICE_AT_PORTAL
			|| _('It is longer than %d characters.').format(LONGEST_SERVICE_AT_PORTAL);

	return bytesInGbk(value) <= LONGEST_SERVICE
		|| _('It is longer than %d bytes in GBK, which is all that 802.1X can carry. A web portal alone takes longer ones.').format(LONGEST_SERVICE);
}

function userName(value) {
	return / /.test(value) ? _('It has a space in it.') : shortText(LONGEST_USERNAME)(value);
}

function password(value) {
	if (anyText(value) !== true)
		return anyText(value);

	return bytesOf(value) <= LONGEST_PASSWORD || _('It is longer than %d bytes.').format(LONGEST_PASSWORD);
}

function diskSerial(value) {
	return (/^[ -~]*$/.test(value) && value.length <= LONGEST_DISK_SERIAL) ||
		_('At most %d plain ASCII characters.').format(LONGEST_DISK_SERIAL);
}

/* As Linux has it, to which the byte A0 is a space, also within a character of UTF-8. */
function interfaceName(value) {
	if (lookAlike(value))
		return lookAlike(value);

	return (!UNPRINTABLE.test(value) && bytesOf(value) <= LONGEST_INTERFACE_NAME && value != '.' && value != '..' &&
		!/[\/: ]/.test(value) && encodeURIComponent(value).indexOf('%A0') < 0) ||
		_('The name of an interface, such as eth1.');
}

function sessionName(value) {
	return SESSION_NAME.test(value) || _('1 to 32 of the characters A-Z a-z 0-9 _ -');
}

function seconds(least, most) {
	return function(value) {
		return (DECIMAL.test(value) && +value >= least && +value <= most) ||
			_('Seconds from %d to %d.').format(least, most);
	};
}

/* Minutes since midnight, or null. */
function minutesOf(time) {
	var parts = /^([0-9]{1,2}):([0-5][0-9])$/.exec(time);
	var minutes = parts ? 60 * +parts[1] + +parts[2] : null;

	return minutes != null && minutes <= 1440 ? minutes : null;
}

/* As config/shape/hours.py reads them. */
function hours(value) {
	var days = [], taken = DAYS.map(function() { return []; }), followsTimes = true, any = false;
	var words = value.toLowerCase().split(/[\s,]+/).filter(function(word) { return word != ''; });

	if (lookAlike(value))
		return lookAlike(value);

	for (var i = 0; i < words.length; i++) {
		var ends = words[i].split('-');

		if (!/^[0-9]/.test(words[i])) {
			var first = DAYS.indexOf(ends[0]), last = DAYS.indexOf(ends[ends.length - 1]);

			if (first < 0 || last < 0 || ends.length > 2)
				return _('Days are %s.').format(DAYS.join(' '));

			if (followsTimes)
				days = [];

			for (var step = 0; step <= (last - first + 7) % 7; step++)
				days.push((first + step) % 7);

			followsTimes = false;
			continue;
		}

		var begin = minutesOf(ends[0]), end = minutesOf(ends[1] || '');

		if (begin == null || end == null || ends.length > 2)
			return _('Hours such as 06:00-23:59.');

		if (end <= begin)
			return _('They end before they begin: write a night as two, such as 22:00-24:00, 00:00-06:00.');

		(days.length ? days : Object.keys(DAYS)).forEach(function(day) {
			taken[day].push([ begin, end ]);
		});
		followsTimes = any = true;
	}

	if (!any || !followsTimes)
		return _('Hours such as 06:00-23:59.');

	return taken.every(function(spans) {
		spans.sort(function(one, other) { return one[0] - other[0]; });

		return spans.length <= MOST_SPANS && spans.every(function(span, i) {
			return i == 0 || span[0] >= spans[i - 1][1];
		});
	}) || _('Hours of one day overlap.');
}

function whole(least, most) {
	return function(value) {
		return (WHOLE.test(value) && +value >= least && +value <= most) ||
			_('A whole number from %d to %d.').format(least, most);
	};
}

function heartbeatNumber(value) {
	return (WHOLE_OR_HEX.test(value) && +value <= LARGEST_HEARTBEAT_NUMBER) ||
		_('0 to %s, decimal or as 0x102B.').format(LARGEST_HEARTBEAT_NUMBER);
}

function macAddress(value) {
	var lowered = value.toLowerCase();

	if (!MAC_ADDRESS.test(lowered))
		return _('A MAC address such as 02:00:00:00:cc:01.');

	if ((parseInt(lowered.substring(0, 2), 16) & 1) || !/[^0:-]/.test(lowered))
		return _('It is not the address of one card.');

	return true;
}

function ipv4Address(value) {
	return (IPV4_ADDRESS.test(value) && value.split('.').every(function(part) { return +part <= 255; })) ||
		_('An IPv4 address such as 202.114.0.242.');
}

/* As inet_pton(3) reads it: up to eight groups, one run of zeros left out, an address of IPv4 at the end. */
function isIpv6Address(value) {
	var halves = value.split('::'), groups = 0;

	var fit = halves.length <= 2 && halves.every(function(half, index) {
		return half === '' ? halves.length == 2 : half.split(':').every(function(group, number, all) {
			var isLast = index == halves.length - 1 && number == all.length - 1;

			if (isLast && ipv4Address(group) === true) {
				groups += 2;
				return true;
			}

			groups++;
			return /^[0-9a-fA-F]{1,4}$/.test(group);
		});
	});

	return fit && (halves.length == 2 ? groups < 8 : groups == 8);
}

function ipAddress(value) {
	return ipv4Address(value) === true || isIpv6Address(value) || _('An IP address such as 114.114.114.114.');
}

function ipv4Network(value) {
	var parts = value.split('/'), size = +parts[1];

	if (parts.length != 2 || ipv4Address(parts[0]) !== true || !WHOLE.test(parts[1]) || size > 32)
		return _('A network such as 172.16.0.0/12.');

	var number = parts[0].split('.').reduce(function(sum, part) { return sum * 256 + (+part); }, 0);

	return number % Math.pow(2, 32 - size) == 0 || _('It is not the first address of that network.');
}

function clientVersion(value) {
	return (VERSION.test(value) && value.split('.').every(function(part) { return +part <= 255; })) ||
		_('A version such as 1.31.');
}

function httpUrl(value) {
	if (/^https:/i.test(value))
		return _('Use an address of http://, which captive portals answer, too.');

	var matched = URL_OF_HTTP.exec(value), port = matched ? matched[3] : null;

	return (matched && (matched[1] == null || isIpv6Address(matched[1])) && value.indexOf('#') < 0 && value.length <= LONGEST_URL && (port == null || (+port > 0 && +port <= 65535))) ||
		_('An address such as http://connect.rom.miui.com/generate_204.');
}

function path(value) {
	if (anyText(value) !== true)
		return anyText(value);

	return (value.charAt(0) == '/' && bytesOf(value) <= LONGEST_PATH) ||
		_('An absolute path such as /etc/ruijie-proxy/dorm.password.');
}

function socketPath(value) {
	if (path(value) !== true)
		return path(value);

	return (bytesOf(value) <= LONGEST_SOCKET_PATH && !/\/$/.test(value)) ||
		_('The path of a file, of at most %d bytes.').format(LONGEST_SOCKET_PATH);
}

function metricsFile(value) {
	return path(value) === true && /\.prom$/.test(value) ||
		_('An absolute path that ends in .prom.');
}

function groupName(value) {
	return GROUP_NAME.test(value) || _('The name of a group of users.');
}

function property(value) {
	var parts = PROPERTY.exec(value);

	if (!parts || +parts[1] > 255)
		return _('Type and content, such as 0x62=hex:00, 0x62=text:abc or 0x62=remove.');

	var content = parts[2], isHex = /^hex:/i.test(content);
	var size = isHex ? (content.length - 4) / 2 : bytesInGbk(content.substring(5));

	return size <= LONGEST_PROPERTY || _('It is longer than %d bytes.').format(LONGEST_PROPERTY);
}

function wordOr(word, check) {
	return function(value) {
		if (value == word)
			return true;

		var fits = check(value);

		return fits === true || _('“%s”, or: %s').format(word, fits);
	};
}

/* ---- how an option is read and written ---- */

/* Let an option be checked; an empty one means the default. */
function checked(option, check) {
	option.validate = function(section_id, value) {
		if (value == null || value === '')
			return true;

		var fits = check(String(value));

		return fits === true || lookAlike(String(value)) || fits;
	};
}

/* The list of an option, which may also stand in the file as one value. */
function listOf(section_id, name) {
	var value = uci.get(CONFIG, section_id, name);

	if (value == null || value === '')
		return null;

	return Array.isArray(value) ? value : [ value ];
}

function booleanOf(section_id, name) {
	var value = uci.get(CONFIG, section_id, name);
	var word = (value == null) ? null : String(value).toLowerCase();

	if (TRUE_WORDS.indexOf(word) >= 0)
		return '1';

	return FALSE_WORDS.indexOf(word) >= 0 ? '0' : value;
}

/* Write what differs from the file, and no default that nobody chose. */
function writeChangesOnly(option) {
	option.write = function(section_id, value) {
		var old = this.cfgvalue(section_id);

		if (old == null ? value == this.default : String(old) === String(value))
			return;

		uci.set(CONFIG, section_id, this.option, value);
	};
}

function addFlag(section, tab, name, title, help, byDefault) {
	var option = section.taboption(tab, form.Flag, name, title, help);

	option.default = byDefault;
	option.load = function(section_id) { return booleanOf(section_id, name); };
	writeChangesOnly(option);
	/* LuCI takes a flag out of the file that has its default there. */
	option.remove = function(section_id) {
		if (!this.isActive(section_id) || this.cfgvalue(section_id) != this.formvalue(section_id))
			uci.unset(CONFIG, section_id, name);
	};

	return option;
}

/* choices: pairs of value and words; the first is the default. */
function addChoice(section, tab, name, title, help, choices) {
	var option = section.taboption(tab, form.ListValue, name, title, help);

	choices.forEach(function(choice) { option.value(choice[0], choice[1]); });
	option.default = choices[0][0];
	writeChangesOnly(option);

	return option;
}

function addValue(section, tab, name, title, help, byDefault, check) {
	var option = section.taboption(tab, form.Value, name, title, help);

	option.placeholder = byDefault;
	checked(option, check);

	return option;
}

function addList(section, tab, name, title, help, byDefault, check) {
	var option = section.taboption(tab, form.DynamicList, name, title, help);

	option.placeholder = byDefault;
	option.load = function(section_id) { return listOf(section_id, name); };
	checked(option, check);

	return option;
}

function atMost(option, most) {
	var checkOne = option.validate;

	option.validate = function(section_id, value) {
		var given = this.formvalue(section_id) || [];

		if (value && given.length >= most)
			return _('At most %d of them.').format(most);

		return checkOne.call(this, section_id, value);
	};
}

/*
 * "option dhcp 'before'" is short for "option dhcp_mode 'before'". Where the file has it, it is
 * replaced when the value changes.
 */
function replacesShortForm(option, shortName) {
	var remove = option.remove;

	option.write = function(section_id, value) {
		var old = this.cfgvalue(section_id);

		if (old == null ? value == this.default : old == value)
			return;

		uci.unset(CONFIG, section_id, shortName);
		uci.set(CONFIG, section_id, this.option, value);
	};
	option.remove = function(section_id) {
		uci.unset(CONFIG, section_id, shortName);
		remove.call(this, section_id);
	};
}

function onlyWith(option, name, values) {
	values.forEach(function(value) { option.depends(name, value); });
}

function onlyWithAccount(option) {
	option.depends({ 'username': '', '!reverse': true });
}

/* The device that the network's configuration gives an interface (as openwrt/files/ruijie-proxy.defaults). */
function deviceOf(name) {
	if (uci.get('network', name, 'type') == 'bridge')
		return 'br-' + name;

	return uci.get('network', name, 'device') || L.toArray(uci.get('network', name, 'ifname'))[0];
}

/* Refuse the value that another option of the section has. */
function otherThan(option, name, complaint) {
	var check = option.validate;

	option.validate = function(section_id, value) {
		return value && value == this.section.formvalue(section_id, name) ? complaint : check.call(this, section_id, value);
	};
}

/*
 * A port of the session, which has to be chosen. DeviceSelect would choose the first of its list where
 * there is none to preset and none may be left open.
 */
function addPort(s, name, title, help, preset) {
	var option = s.taboption('general', widgets.DeviceSelect, name, title, help);

	option.noaliases = true;
	option.rmempty = false;
	option.optional = true;
	option.default = preset;
	checked(option, interfaceName);

	var check = option.validate;

	option.validate = function(section_id, value) {
		return value ? check.call(this, section_id, value) : _('Choose the port.');
	};

	return option;
}

/* ---- the tabs of a session ---- */

function addGeneral(s) {
	var o;

	addFlag(s, 'general', 'enabled', _('Enabled'),
		_('Whether the router looks after this session.'), '1');

	addChoice(s, 'general', 'mode', _('Who logs in'), null, [
		[ 'relay', _('The client on a PC, through the router') ],
		[ 'login', _('The router itself') ],
		[ 'auto', _('The router itself, by 802.1X or at a web portal, or the client where that cannot work') ],
		[ 'portal', _('The router itself, at a web portal (old ePortal)') ]
	]);

	addChoice(s, 'general', 'campus', _('Campus'),
		_('A start with what is known of it. Whatever you set yourself goes before it.'),
		[ [ '', _('another one') ] ].concat(CAMPUSES));

	addPort(s, 'wan', _('WAN port'),
		_('The port towards the campus switch. On older devices that is a VLAN such as eth0.2.'), deviceOf('wan'));

	o = addPort(s, 'lan', _('LAN'),
		_('Where the PC with the client is: one port, the bridge br-lan, or a VLAN of the bridge such as br-lan.1.'),
		deviceOf('lan'));
	onlyWith(o, 'mode', [ 'relay', 'auto' ]);
	otherThan(o, 'wan', _('It is the WAN port, too: PCs and the campus are on two different ports.'));
	/* What is hidden leaves the file otherwise; it counts again when the client is to log in again. */
	o.retain = true;

	addValue(s, 'general', 'username', _('User name'),
		_('Your campus account. With the client on a PC it may stay empty; when it is given, the router learns from the client whether it could log in by itself.'),
		null, userName);

	o = addValue(s, 'general', 'password', _('Password'),
		_('The password, or what “ruijie-proxy password seal” makes of it.'), null, password);
	o.password = true;

	o = addValue(s, 'general', 'service', _('Service'),
		_('Where the campus offers several, such as internet. The overview tells which there are.'),
		null, anyText);
	o.validate = function(section_id, value) {
		var fits = !value || serviceName(value, this.section.formvalue(section_id, 'mode'));

		return fits === true || lookAlike(value) || fits;
	};
	onlyWith(o, 'dialect', [ 'ruijie', 'ruijie-v2' ]);
	o.depends('mode', 'portal');

	o = addValue(s, 'general', 'portal', _('Address of the portal'),
		_('The page that may have the password. Otherwise the first one that the campus leads to, and from then on no other.'),
		'auto', wordOr('auto', httpUrl));
	onlyWith(o, 'mode', [ 'portal', 'auto' ]);

	o = addValue(s, 'general', 'operator_username', _('User name at the carrier'),
		_('Where the campus wants both accounts.'), null, userName);
	onlyWith(o, 'mode', [ 'portal', 'auto' ]);

	o = addValue(s, 'general', 'operator_password', _('Password at the carrier'), null, null, password);
	o.password = true;
	onlyWith(o, 'mode', [ 'portal', 'auto' ]);

	o = addValue(s, 'general', 'operator_password_file', _('File of the password at the carrier'),
		_('The path of a file with the password alone, instead of the password.'),
		'/etc/ruijie-proxy/carrier.password', path);
	onlyWith(o, 'mode', [ 'portal', 'auto' ]);
}

function addLogin(s) {
	var o;

	o = addChoice(s, 'login', 'dialect', _('Protocol'), _('What the router speaks when it logs in by itself.'), [
		[ 'ruijie', _('Ruijie, as the Linux clients') ],
		[ 'ruijie-v2', _('Ruijie, as an old Windows client') ],
		[ 'plain', _('Standard EAP-MD5') ],
		[ 'cernet', 'Cernet' ]
	]);
	onlyWithAccount(o);

	o = addValue(s, 'login', 'client_exe', _('Client program'),
		_('The path of your own copy of 8021x.exe on the router.'), '/etc/ruijie-proxy/8021x.exe', path);
	o.depends('dialect', 'ruijie-v2');

	o = addChoice(s, 'login', 'shape', _('Shape of the private data'), _('How it travels.'), [
		[ 'auto', _('automatic: by the vendor of the switch') ],
		[ 'block', _('a block behind each packet') ],
		[ 'bare', _('bare, in the answer to the challenge alone') ],
		[ 'inside', _('a block in the answer to the challenge alone') ]
	]);
	o.depends('dialect', 'ruijie');

	o = addValue(s, 'login', 'client_version', _('Client version'),
		_('Which client to be: 1.0, 1.30, 1.31 or another.'), 'auto', wordOr('auto', clientVersion));
	onlyWith(o, 'dialect', [ 'ruijie', 'ruijie-v2' ]);

	o = addChoice(s, 'login', 'edition', _('Edition of the check'),
		_('By the version, and once the other one when the campus does not take the client.'), [
			[ 'auto', _('automatic') ],
			[ '1', '1' ],
			[ '2', '2' ]
		]);
	o.depends('dialect', 'ruijie');

	o = addChoice(s, 'login', 'zero_check', _('Check before the challenge'), _('What it is made of.'), [
		[ '', _('automatic') ],
		[ 'zeros', _('zeros') ],
		[ 'text', _('a fixed text') ]
	]);
	o.depends({ 'dialect': 'ruijie', 'shape': 'auto' });
	o.depends({ 'dialect': 'ruijie', 'shape': 'block' });

	o = addChoice(s, 'login', 'check_case', _('Digits of the check'), null, [
		[ 'lower', _('lower case') ],
		[ 'upper', _('upper case') ]
	]);
	o.depends('dialect', 'ruijie-v2');

	o = addValue(s, 'login', 'client_name', _('Client name'),
		_("The client's name for itself."), _('that of the version'), shortText(LONGEST_CLIENT_NAME));
	onlyWith(o, 'dialect', [ 'ruijie', 'ruijie-v2' ]);

	o = addValue(s, 'login', 'disk_serial', _('Disk serial number'),
		_("That of the PC's disk, where the campus binds the account to it."), _('none'), diskSerial);
	onlyWith(o, 'dialect', [ 'ruijie', 'ruijie-v2' ]);

	o = addList(s, 'login', 'dns', _('DNS servers'),
		_('Those that the campus is told.'), _("the router's own"), ipv4Address);
	atMost(o, MOST_DNS_SERVERS);
	onlyWith(o, 'dialect', [ 'ruijie', 'ruijie-v2' ]);

	o = addList(s, 'login', 'properties', _('Other properties'),
		_('What else the private data holds, by type: 0x62=hex:00, 0x62=text:abc, or 0x62=remove to leave it out.'),
		'0x62=hex:00', property);
	onlyWith(o, 'dialect', [ 'ruijie', 'ruijie-v2' ]);

	o = addFlag(s, 'login', 'allow_clear_password', _('Send the password in clear'),
		_('Where the switch asks for it so. Whoever listens on the cable can then read it.'), '0');
	onlyWith(o, 'dialect', [ 'ruijie', 'ruijie-v2', 'plain' ]);

	addValue(s, 'login', 'password_file', _('Password file'),
		_('The path of a file with the password alone, instead of the password.'),
		'/etc/ruijie-proxy/dorm.password', path);
}

function addRelay(s) {
	var o, modes = [ 'relay', 'auto' ];

	o = addList(s, 'relay', 'client', _('Clients'),
		_('The MAC addresses of the PCs that may log in. Left empty, any may while nobody is online, and then only the one that has logged in. With any, another PC that has the client may end its session and log in itself.'),
		_('the one that has logged in'), wordOr('any', macAddress));
	onlyWith(o, 'mode', modes);

	o = addChoice(s, 'relay', 'mac', _('MAC address'), _('Which one the campus sees.'), [
		[ 'rewrite', _("the WAN port's") ],
		[ 'clone', _("the PC's, which the WAN port takes") ],
		[ 'keep', _('unchanged in each frame') ]
	]);
	onlyWith(o, 'mode', modes);

	o = addFlag(s, 'relay', 'restore_mac', _('Restore MAC address'),
		_('Give the WAN port its own MAC address back when the session stops.'), '0');
	o.depends('mac', 'clone');

	o = addChoice(s, 'relay', 'fields', _('Addresses in the private data'), null, [
		[ 'rewrite', _("the router's, as the campus sees it") ],
		[ 'keep', _("the client's, byte for byte") ]
	]);
	onlyWith(o, 'mode', modes);

	o = addValue(s, 'relay', 'successes', _('Logins in a row'),
		_('How many the campus wants, 1 to 5.'), '1', whole(1, 5));
	onlyWith(o, 'mode', modes);

	o = addChoice(s, 'relay', 'client_logoff', _('When the client logs off'), null, [
		[ 'ignore', _('stay online: the PC may be switched off') ],
		[ 'forward', _('end the session') ]
	]);
	onlyWith(o, 'mode', modes);
}

function addAddress(s) {
	var o;

	o = addChoice(s, 'address', 'dhcp_mode', _('The WAN port gets its address'), null, [
		[ 'after', _('after the login') ],
		[ 'before', _('before the login, which waits for it') ],
		[ 'double', _("between two logins of the router's own, the second of which tells it") ],
		[ 'off', _('never: it has a fixed one') ]
	]);
	o.load = function(section_id) {
		return uci.get(CONFIG, section_id, 'dhcp_mode') || uci.get(CONFIG, section_id, 'dhcp');
	};
	replacesShortForm(o, 'dhcp');

	o = addList(s, 'address', 'dhcp_renew', _('Renewal'),
		_('How it is renewed: auto, off, or a command, word by word, which no shell reads.'), 'auto', anyText);
	onlyWith(o, 'dhcp_mode', [ 'after', 'before', 'double' ]);

	addValue(s, 'address', 'dhcp_timeout', _('Time for the renewal'),
		_('Seconds, 1 to 120.'), '30', seconds(1, 120));
}

function addHealth(s) {
	var o;

	o = addFlag(s, 'health', 'health_enabled', _('Check the way out'),
		_('While online: what fails renews the address, and if that does not help, logs in again; never often.'), '0');
	o.load = function(section_id) {
		var given = booleanOf(section_id, 'health_enabled');

		if (given == null)
			given = booleanOf(section_id, 'health');

		/* Any other key of the group switches it on, where this one is left out. */
		return given == null && hasHealthKeys(section_id) ? '1' : given;
	};
	replacesShortForm(o, 'health');

	o = addValue(s, 'health', 'health_interval', _('Time between checks'), _('Seconds, 10 to 3600.'), '120', seconds(10, 3600));
	o.depends('health_enabled', '1');

	o = addValue(s, 'health', 'health_failures', _('Failures in a row'),
		_('So many until something is done.'), '3', whole(1, 100));
	o.depends('health_enabled', '1');

	o = addFlag(s, 'health', 'health_gateway', _('Ask the gateway'), _('It must answer ARP, or by IPv6 as a neighbour.'), '1');
	o.depends('health_enabled', '1');

	o = addValue(s, 'health', 'health_ping', _('Ping'),
		_('The IP address of a host that must answer, such as 114.114.114.114.'), 'off', wordOr('off', ipAddress));
	o.depends('health_enabled', '1');

	o = addValue(s, 'health', 'health_url', _('Web address'),
		_('What must answer with the status below, such as http://connect.rom.miui.com/generate_204.'),
		'off', wordOr('off', httpUrl));
	o.depends('health_enabled', '1');

	o = addValue(s, 'health', 'health_status', _('Expected HTTP status'), _('A captive portal answers 200 or 302.'), '204', whole(100, 599));
	o.depends('health_enabled', '1');

	o = addList(s, 'health', 'health_quarantine', _('Networks that lead nowhere'),
		_('An address in one of them counts as a failure, such as 172.16.0.0/12.'), 'off', wordOr('off', ipv4Network));
	atMost(o, MOST_NETWORKS);
	o.depends('health_enabled', '1');

	o = addValue(s, 'health', 'health_timeout', _('Time for each check'), _('Seconds, 1 to 60.'), '5', seconds(1, 60));
	o.depends('health_enabled', '1');
}

function addHooks(s) {
	var events = [
		[ 'hooks_authenticating', _('When a login begins') ],
		[ 'hooks_online', _('When online') ],
		[ 'hooks_offline', _('When no longer online') ],
		[ 'hooks_failure', _('When a login fails') ],
		[ 'hooks_renewed', _('When the address was renewed') ],
		[ 'hooks_client_needed', _('When the client on the PC is needed') ]
	];

	events.forEach(function(event) {
		addList(s, 'hooks', event[0], event[1], null, 'off', anyText);
	});

	addValue(s, 'hooks', 'hooks_timeout', _('Time for each command'),
		_('Seconds, 1 to 600; then it is stopped.'), '30', seconds(1, 600));
}

function addAdvanced(s) {
	var o;

	addValue(s, 'advanced', 'name', _('Name'),
		_('What the session is called in the overview and the log.'), _('that of the section'), sessionName);

	addValue(s, 'advanced', 'login_timeout', _('Time for a login'),
		_('Seconds, 5 to 600.'), '60', seconds(5, 600));

	o = addChoice(s, 'advanced', 'group', _('Group address'), _('Where the first packet of a login is sent to.'), [
		[ 'keep', _("the client's choice") ],
		[ 'standard', '01:80:c2:00:00:03' ],
		[ 'ruijie', '01:d0:f8:00:00:03' ],
		[ 'auto', _("one and the other in turn, in the router's own login") ]
	]);

	o = addFlag(s, 'advanced', 'heartbeat_enabled', _('Send heartbeats'),
		_('As the campus grants them. Some campuses want none.'), '1');
	o.load = function(section_id) {
		var given = booleanOf(section_id, 'heartbeat_enabled');

		if (given == null)
			given = booleanOf(section_id, 'heartbeat');

		return given == 'auto' ? '1' : given;
	};
	replacesShortForm(o, 'heartbeat');

	o = addValue(s, 'advanced', 'heartbeat_interval', _('Heartbeat interval'),
		_('Seconds, 1 to 300.'), 'auto', wordOr('auto', seconds(1, 300)));
	o.depends('heartbeat_enabled', '1');

	o = addValue(s, 'advanced', 'heartbeat_number', _('First heartbeat number'),
		_('Decimal, or hexadecimal such as 0x102B.'), 'auto', wordOr('auto', heartbeatNumber));
	o.depends('heartbeat_enabled', '1');

	o = addValue(s, 'advanced', 'hours', _('Hours of the campus'),
		_('The router begins no login outside of them. Such as 06:00-23:59, or with days: mon-thu 06:00-23:30, fri,sat 06:00-24:00'),
		null, hours);
	onlyWith(o, 'mode', [ 'login', 'auto', 'portal' ]);

	addFlag(s, 'advanced', 'logoff_on_exit', _('Log off when the service stops'),
		_('Otherwise a restarted service goes on with the session.'), '0');
}

function hasHealthKeys(section_id) {
	return Object.keys(uci.get(CONFIG, section_id) || {}).some(function(name) {
		return name.indexOf('health_') == 0;
	});
}

/* ---- what holds for all sessions ---- */

function addGlobals(s) {
	addChoice(s, 'log', 'log_level', _('Log level'), null, [
		[ 'info', _('what happens') ],
		[ 'debug', _('each heartbeat, too') ],
		[ 'notice', _('what matters') ],
		[ 'warning', _('warnings and errors') ],
		[ 'error', _('errors alone') ]
	]);

	addChoice(s, 'log', 'log_format', _('Log format'), null, [
		[ 'text', _('plain text') ],
		[ 'json', _('an object of JSON in each line') ]
	]);

	addChoice(s, 'log', 'language', _('Log language'),
		_('Counts from the next start of the service.'), [
		[ '', _('that of LuCI') ],
		[ 'zh', '中文' ],
		[ 'en', 'English' ]
	]);

	addValue(s, 'places', 'state_dir', _('State directory'),
		_('Where sessions are kept, so that a restarted service goes on.'), '/var/lib/ruijie-proxy', path);

	addValue(s, 'places', 'profile_dir', _('Profile directory'),
		_('Where the router keeps what it has learned from genuine clients.'), _('the state directory'), path);

	addValue(s, 'places', 'journal_dir', _('History directory'),
		_('At most 256 KiB; on flash it can be read after a restart.'), _('the state directory'), path);

	addValue(s, 'places', 'key_file', _('Key of sealed passwords'), null, '/etc/ruijie-proxy/seal.key', path);

	addValue(s, 'places', 'control', _('Control socket'),
		_('How the commands and these pages reach the service.'), '/run/ruijie-proxy/control.sock', socketPath);

	addValue(s, 'places', 'control_group', _('Group of users for it'),
		_('Who may use the control socket besides root.'), _("the service's own"), groupName);

	addValue(s, 'places', 'metrics', _('Figures for Prometheus'),
		_('A file whose name ends in .prom; written every 15 seconds, so it belongs into memory.'), _('none'), metricsFile);
}

return view.extend({
	load: function() {
		/* Who may not read that of the network chooses the ports. */
		return Promise.all([ uci.load(CONFIG), L.resolveDefault(uci.load('network')) ]);
	},

	render: function() {
		var m, s, problems = E('div', { 'id': 'ruijie-proxy-problems' });

		m = new form.Map(CONFIG, _('Campus Network') + ' – ' + _('Settings'),
			_('A field that is left empty means what it shows in grey.'));

		s = m.section(form.TypedSection, 'session', _('Sessions'),
			_('One for each port that leads to the campus.'));
		s.addremove = true;
		s.addbtntitle = _('Add session');
		s.tab('general', _('General'));
		s.tab('login', _("The router's own login"));
		s.tab('relay', _('Relaying'));
		s.tab('address', _('Address'));
		s.tab('health', _('Health checks'), _('Whether the way out works, beyond being logged in.'));
		s.tab('hooks', _('Commands'),
			_('Commands of your own: the path of a program, then its arguments, a word in each line. No shell reads them.'));
		s.tab('advanced', _('Advanced'));
		addGeneral(s);
		addLogin(s);
		addRelay(s);
		addAddress(s);
		addHealth(s);
		addHooks(s);
		addAdvanced(s);

		s = m.section(form.TypedSection, 'globals', _('For all sessions'));
		s.anonymous = true;
		/* One such section at most. */
		s.addremove = !uci.sections(CONFIG, 'globals').length;
		s.tab('log', _('Log'));
		s.tab('places', _('Files and directories'), _('These seldom need a change.'));
		addGlobals(s);

		this.showProblems(problems);

		return m.render().then(function(node) {
			return E([], [ problems, node ]);
		});
	},

	/* What the program thinks of the settings as they are on the router. */
	showProblems: function(box) {
		return program.check().then(function(answer) {
			var misconfigured = answer.obstacle == program.MISCONFIGURED;

			if (!answer.obstacle && !answer.text)
				return;

			dom.content(box, [
				E('div', { 'class': 'alert-message ' + (misconfigured ? 'error' : 'warning') }, [
					E('p', {}, [ misconfigured
						? _('The settings on the router have errors, and the service does not take them:')
						: (answer.obstacle ? program.explain(answer) : _('The settings could be better:')) ]),
					answer.text ? E('pre', { 'style': 'white-space:pre-wrap;word-break:break-word' }, [ answer.text ]) : ''
				])
			]);
		});
	}
});
