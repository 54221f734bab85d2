'use strict';
'require baseclass';
'require dom';
'require ruijie-proxy.program as program';

/*
 * The last days of each session, as bands: a line a day, drawn in the page. What was when, in which
 * days and by whose clock, the program has worked out (docs/control.md, "The last 7 days").
 */

var SVG = 'http://www.w3.org/2000/svg';

/* CSS pixels. */
var BAND_HEIGHT = 20;
var REACH = 10;

/* So many marks are told of at once. */
var MARKS_TOLD = 3;

/* Seconds of which it need not be said that they are not known. */
var NEGLIGIBLE = 60;

var HOUR = 3600;
var DAY = 86400;

/* Who sees no colours can tell the states by where in the band they are drawn, and how high. */
var STATES = {
	'online': { word: _('Online'), fill: '#2e7d32', top: 0, height: 20 },
	'waiting': { word: _('Waiting or logging in'), fill: '#d98200', top: 10, height: 10 },
	'refused': { word: _('Refused'), fill: 'url(#ruijie-proxy-hatch)', top: 0, height: 20 },
	'closed-hours': { word: _('Outside the hours'), fill: '#1976d2', top: 7, height: 6 },
	'link-down': { word: _('No link'), fill: '#8e24aa', top: 15, height: 5 },
	'logged-off': { word: _('Logged off'), fill: '#8a8a8a', top: 0, height: 5 },
	'not-running': { word: _('Service not running'), fill: 'url(#ruijie-proxy-dots)', top: 0, height: 20 },
	'unknown': { word: _('Unknown'), fill: '#b0b0b0', top: 9, height: 2 }
};

/* Those with points are drawn. */
var MARKS = {
	'drop': { word: _('Dropped'), fill: '#c62828', points: '-6,-1 6,-1 0,10' },
	'login': { word: _('Logged in'), fill: '#0d47a1', points: '-6,21 6,21 0,10' },
	'refusal': { word: _('Refused') },
	'logoff': { word: _('Logged off') }
};

var WEEKDAYS = [ _('Sun'), _('Mon'), _('Tue'), _('Wed'), _('Thu'), _('Fri'), _('Sat') ];

function svg(tag, attributes, children) {
	var node = document.createElementNS(SVG, tag);

	Object.keys(attributes).forEach(function(name) { node.setAttribute(name, attributes[name]); });
	(children || []).forEach(function(child) { node.appendChild(child); });

	return node;
}

function listOf(value) {
	return Array.isArray(value) ? value.filter(function(each) { return L.isObject(each); }) : [];
}

/* Milliseconds; NaN for what is no time. */
function at(text) {
	return Date.parse(String(text));
}

function timed(value) {
	return listOf(value).map(function(each) {
		return { begin: at(each.begin), end: at(each.end), value: each };
	}).filter(function(each) { return each.begin < each.end; });
}

function stateOf(span) {
	return STATES[span.value.state] || { word: String(span.value.state), fill: '#b0b0b0', top: 9, height: 2 };
}

function wordOf(mark) {
	return MARKS[mark.kind] ? MARKS[mark.kind].word : String(mark.kind);
}

function textOf(mark) {
	var text = mark.repeated ? _('%s (%d times more)').format(mark.text, mark.repeated) : String(mark.text);

	return '%s – %s: %s'.format(program.moment(mark.at), wordOf(mark), text);
}

function spanText(span) {
	return '%s – %s: %s'.format(
		program.moment(span.value.begin), program.moment(span.value.end), stateOf(span).word);
}

function longText(seconds) {
	return seconds < 2 * DAY
		? _('%s h').format((seconds / HOUR).toFixed(1))
		: _('%s days').format((seconds / DAY).toFixed(1));
}

/* Cut off: 100 % is said of nothing less. */
function percent(share) {
	return (Math.floor(share * 1000 + 1e-6) / 10).toFixed(1) + ' %';
}

function shareText(session) {
	var seconds = L.isObject(session.seconds) ? session.seconds : {};
	var unknown = +seconds.unknown || 0;
	var known = Object.keys(seconds).reduce(function(sum, state) {
		return sum + (+seconds[state] || 0);
	}, -unknown);

	if (typeof(session.online_share) != 'number')
		return _('Nothing is known of the last 7 days.');

	if (unknown < NEGLIGIBLE)
		return _('Online %s of the last 7 days.').format(percent(session.online_share));

	return _('Online %s of %s; of the rest of the last 7 days nothing is known.').format(
		percent(session.online_share), longText(known));
}

/* "Mon 23", and how long the day is where it is not 24 hours. */
function dayLabel(day) {
	var parts = /^([0-9]+)-([0-9]+)-([0-9]+)T/.exec(String(day.value.begin));

	if (!parts)
		return String(day.value.begin);

	var hours = Math.round((day.end - day.begin) / 1000 / HOUR);
	var label = WEEKDAYS[new Date(Date.UTC(+parts[1], +parts[2] - 1, +parts[3])).getUTCDay()] + ' ' + (+parts[3]);

	return hours == 24 ? label : label + ' (' + _('%s h').format(hours) + ')';
}

function place(day, time) {
	return ((Math.min(Math.max(time, day.begin), day.end) - day.begin) / (day.end - day.begin) * 100).toFixed(3) + '%';
}

function share(day, begin, end) {
	return ((Math.min(end, day.end) - Math.max(begin, day.begin)) / (day.end - day.begin) * 100).toFixed(3) + '%';
}

function hourLines() {
	return [ 25, 50, 75 ].map(function(percentage) {
		return svg('line', {
			'x1': percentage + '%', 'x2': percentage + '%', 'y1': 0, 'y2': BAND_HEIGHT,
			'stroke': '#fff', 'stroke-opacity': .5
		});
	});
}

/* Fills that stay apart without colours; the bands name them. */
function patterns() {
	return svg('svg', { 'width': 0, 'height': 0, 'style': 'position:absolute', 'aria-hidden': 'true' }, [
		svg('defs', {}, [
			svg('pattern', {
				'id': 'ruijie-proxy-hatch', 'width': 6, 'height': 6, 'patternUnits': 'userSpaceOnUse',
				'patternTransform': 'rotate(45)'
			}, [
				svg('rect', { 'width': 6, 'height': 6, 'fill': '#f3b7b5' }),
				svg('rect', { 'width': 3, 'height': 6, 'fill': '#c62828' })
			]),
			svg('pattern', {
				'id': 'ruijie-proxy-dots', 'width': 6, 'height': 6, 'patternUnits': 'userSpaceOnUse'
			}, [
				svg('circle', { 'cx': 2, 'cy': 3, 'r': 1.2, 'fill': '#7a7a7a' })
			])
		])
	]);
}

function markNode(mark, x, text) {
	var title = svg('title', {});

	title.textContent = text;

	return svg('svg', { 'x': x, 'overflow': 'visible', 'data-mark': mark.kind }, [
		svg('polygon', {
			'points': MARKS[mark.kind].points, 'fill': MARKS[mark.kind].fill, 'stroke': '#fff'
		}, [ title ])
	]);
}

function isDrawn(mark) {
	return MARKS[mark.kind] != null && MARKS[mark.kind].points != null;
}

function swatch(look) {
	return svg('svg', { 'width': 18, 'height': BAND_HEIGHT, 'overflow': 'visible', 'style': 'flex:none' }, [
		look.points
			? svg('svg', { 'x': 9, 'y': look.points.indexOf('21') < 0 ? 5 : -5, 'overflow': 'visible' }, [
				svg('polygon', { 'points': look.points, 'fill': look.fill })
			])
			: svg('rect', { 'y': look.top, 'width': 18, 'height': look.height, 'fill': look.fill })
	]);
}

/* What is told of a moment of a day: the marks that are near, or what the session was. */
function tell(chart, time, reach) {
	var near = chart.marks.filter(function(mark) { return Math.abs(at(mark.at) - time) <= reach; });

	if (near.length) {
		/* What ended something first, then what is nearest. */
		near.sort(function(one, other) {
			return (one.kind == 'login') - (other.kind == 'login') ||
				Math.abs(at(one.at) - time) - Math.abs(at(other.at) - time);
		});

		return near.slice(0, MARKS_TOLD).sort(function(one, other) {
			return at(one.at) - at(other.at);
		}).map(textOf);
	}

	return chart.spans.filter(function(span) {
		return span.begin <= time && time < span.end;
	}).map(spanText);
}

function renderDay(chart, day) {
	var drawn = chart.spans.filter(function(span) {
		return span.begin < day.end && span.end > day.begin;
	}).map(function(span) {
		var look = stateOf(span);

		return svg('rect', {
			'x': place(day, span.begin), 'width': share(day, span.begin, span.end),
			'y': look.top, 'height': look.height, 'fill': look.fill, 'data-state': span.value.state
		});
	});

	var marks = chart.marks.filter(function(mark) {
		return isDrawn(mark) && at(mark.at) >= day.begin && at(mark.at) < day.end;
	}).map(function(mark) {
		return markNode(mark, place(day, at(mark.at)), textOf(mark));
	});

	var band = svg('svg', {
		'width': '100%', 'height': BAND_HEIGHT, 'overflow': 'visible',
		'style': 'display:block;flex:1 1 auto;min-width:0;touch-action:pan-y;cursor:crosshair'
	}, [
		svg('rect', { 'width': '100%', 'height': BAND_HEIGHT, 'fill': '#808080', 'fill-opacity': .1 })
	].concat(drawn, hourLines(), marks));

	function point(event) {
		var box = band.getBoundingClientRect(), scale = (day.end - day.begin) / box.width;

		chart.told(tell(chart, day.begin + (event.clientX - box.left) * scale, REACH * scale));
	}

	band.addEventListener('pointermove', point);
	band.addEventListener('pointerdown', point);

	return E('div', { 'style': 'display:flex;align-items:center;margin:3px 0', 'data-day': day.value.begin }, [
		E('span', { 'style': 'flex:0 0 5.2em;white-space:nowrap' }, [ dayLabel(day) ]),
		band
	]);
}

function renderHours() {
	return E('div', { 'style': 'display:flex;font-size:85%' }, [
		E('span', { 'style': 'flex:0 0 6.1em' })
	].concat([ '0:00', '6:00', '12:00', '18:00' ].map(function(text) {
		return E('span', { 'style': 'flex:1 1 0;border-left:1px solid #808080;padding-left:2px' }, [ text ]);
	})));
}

function renderLegend(sessions) {
	var states = {}, kinds = {};

	sessions.forEach(function(session) {
		listOf(session.spans).forEach(function(span) { states[span.state] = true; });
		listOf(session.marks).forEach(function(mark) { kinds[mark.kind] = true; });
	});

	var looks = Object.keys(STATES).filter(function(state) {
		return states[state];
	}).map(function(state) {
		return STATES[state];
	}).concat([ 'drop', 'login' ].filter(function(kind) {
		return kinds[kind];
	}).map(function(kind) {
		return MARKS[kind];
	}));

	return E('div', {
		'data-name': 'legend', 'style': 'display:flex;flex-wrap:wrap;gap:.4em 1.2em;margin:.5em 0'
	}, looks.map(function(look) {
		return E('span', { 'style': 'display:flex;align-items:center;gap:.4em' }, [ swatch(look), look.word ]);
	}));
}

/* For who does not see the bands, or wants to read: filled when it is opened. */
function renderList(chart, isOpen) {
	var list = E('ul', { 'style': 'padding-left:1.5em;word-break:break-word' });
	var details = E('details', { 'data-list': chart.name }, [
		E('summary', { 'style': 'cursor:pointer' }, [ _('As a list, the newest first') ]), list
	]);

	function fill() {
		if (!details.open || list.firstChild)
			return;

		var items = chart.spans.map(function(span) {
			return { at: span.begin, text: spanText(span) };
		}).concat(chart.marks.map(function(mark) {
			return { at: at(mark.at), text: textOf(mark) };
		}));

		items.sort(function(one, other) { return other.at - one.at; });

		if (chart.leftOut)
			items.push({ text: _('%d older events are left out.').format(chart.leftOut) });

		dom.content(list, items.map(function(item) { return E('li', {}, [ item.text ]); }));
	}

	details.addEventListener('toggle', fill);
	details.open = isOpen;
	fill();

	return details;
}

function renderSession(session, days, isOpen) {
	var told = E('div', {
		'aria-live': 'polite', 'data-name': 'told', 'style': 'min-height:1.5em;margin:.3em 0;word-break:break-word'
	}, [
		E('span', { 'style': 'opacity:.75' }, [ _('Point at a band, or touch it, to read what happened there.') ])
	]);

	var chart = {
		name: String(session.session),
		spans: timed(session.spans),
		marks: listOf(session.marks),
		leftOut: +session.marks_left_out || 0,
		told: function(texts) {
			if (texts.length)
				dom.content(told, texts.map(function(text) { return E('div', {}, [ text ]); }));
		}
	};

	var summary = shareText(session);
	var drops = chart.marks.filter(function(mark) { return mark.kind == 'drop'; }).length;

	return E('div', { 'data-week': chart.name, 'style': 'margin-bottom:1em' }, [
		E('h4', { 'style': 'word-break:break-word;margin:.5em 0 0' }, [ chart.name ]),
		E('div', { 'data-name': 'share' }, [ summary ]),
		E('div', {
			'role': 'img',
			'aria-label': '%s: %s %s'.format(chart.name, summary, _('Drops: %d.').format(drops)),
			'style': 'max-width:60em;margin:.5em 0'
		}, [ renderHours() ].concat(days.map(function(day) { return renderDay(chart, day); }))),
		told,
		renderList(chart, isOpen)
	]);
}

return baseclass.extend({
	/* The charts of an answer of program.week(), put into a box, where lists that are open stay so. */
	show: function(box, week) {
		var sessions = listOf(week.sessions), days = timed(week.days), open = {};

		[].forEach.call(box.querySelectorAll('details'), function(details) {
			open[details.getAttribute('data-list')] = details.open;
		});

		dom.content(box, [
			E('div', { 'class': 'cbi-section' }, [
				E('h3', {}, [ _('The last 7 days') ]),
				week.obstacle ? E('p', {}, [ E('em', {}, [ program.explain(week) ]) ]) : patterns()
			].concat(sessions.map(function(session) {
				return renderSession(session, days, open[session.session] === true);
			}), sessions.length ? renderLegend(sessions) : ''))
		]);
	}
});
