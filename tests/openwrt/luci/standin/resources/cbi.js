/* Stand-in for LuCI's cbi.js: format strings and translations. */
'use strict';

String.prototype.format = function() {
	const values = arguments;
	let next = 0;

	return this.replace(/%(%|s|d|f|h)/g, function(directive, kind) {
		if (kind == '%')
			return '%';

		const value = values[next++];

		switch (kind) {
		case 'd':
			return String(Math.floor(+value) || 0);
		case 'f':
			return String(+value);
		case 'h':
			return String(value).replace(/[&<>"']/g, function(char) { return '&#%d;'.format(char.charCodeAt(0)); });
		default:
			return String(value);
		}
	});
};

/* Paul Hsieh's hash over UTF-8, which the catalogue is looked up by, as eight hexadecimal digits. */
function sfh(text) {
	const bytes = new TextEncoder().encode(text);
	const word = function(at) { return bytes[at] | bytes[at + 1] << 8; };
	const signed = function(at) { return bytes[at] << 24 >> 24; };
	const whole = bytes.length & ~3;
	let hash = bytes.length;

	if (!bytes.length)
		return null;

	for (let at = 0; at < whole; at += 4) {
		hash = hash + word(at) | 0;
		hash = hash << 16 ^ (word(at + 2) << 11 ^ hash);
		hash = hash + (hash >>> 11) | 0;
	}

	switch (bytes.length - whole) {
	case 3:
		hash = hash + word(whole) | 0;
		hash ^= hash << 16;
		hash ^= signed(whole + 2) << 18;
		hash = hash + (hash >>> 11) | 0;
		break;
	case 2:
		hash = hash + word(whole) | 0;
		hash ^= hash << 11;
		hash = hash + (hash >>> 17) | 0;
		break;
	case 1:
		hash = hash + signed(whole) | 0;
		hash ^= hash << 10;
		hash = hash + (hash >>> 1) | 0;
	}

	hash ^= hash << 3;
	hash = hash + (hash >>> 5) | 0;
	hash ^= hash << 4;
	hash = hash + (hash >>> 17) | 0;
	hash ^= hash << 25;
	hash = hash + (hash >>> 6) | 0;

	return (hash >>> 0).toString(16).padStart(8, '0');
}

function _(message, context) {
	const plain = function(text) { return String(text).replace(/\s+/g, ' ').trim(); };
	const key = (context != null ? plain(context) + '\u0001' : '') + plain(message);

	return (window.TR && window.TR[sfh(key)]) || message;
}
