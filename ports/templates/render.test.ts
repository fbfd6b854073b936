import test from 'ava';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { TemplateTexts } from '../../domain/notifications/templates/events.ts';
import { collectPartials, faultOfPartial } from './check-template.ts';
import { RENDERED_TEXT_MAX_CHARACTERS } from './engine.ts';
import { STYLE_MATCHES_MAX } from './inline-styles.ts';
import { compileTemplate, type TemplateSource } from './render.ts';

type Parts = Partial<Omit<TemplateSource, 'defaultLocale'>>;
const source = (texts: TemplateTexts, { locales, ...rest }: Parts = {}): TemplateSource => ({
  defaultLocale: 'en',
  locales: { en: texts, ...locales },
  partials: {},
  ...rest,
});
const render = (texts: TemplateTexts, parameters: Readonly<Record<string, unknown>> = {}, parts?: Parts) =>
  compileTemplate(source(texts, parts)).render(parameters);
const collect = (body: string, published: Readonly<Record<string, string>> = {}, parts?: Parts) =>
  collectPartials(source({ body }, parts), (name) => Promise.resolve(Object.hasOwn(published, name) ? published[name] : undefined));

test('fills a template in with the parameters of the request', async (t) => {
  const rendered = await render({ title: 'Order {{ number }}', body: '{% for item in items %}{{ item }} {% endfor %}' }, { number: 7, items: ['a', 'b'] });
  t.deepEqual(rendered, { locale: 'en', content: { title: 'Order 7', body: 'a b ' } });
});

test('each channel has the words that it has for itself, and a title that renders to nothing is left out', async (t) => {
  const texts: TemplateTexts = {
    title: '{{ nothing }}',
    body: 'All: {{ n }}',
    url: 'https://shop.example/{{ n }}',
    push: { title: 'Push\n{{ n }}' },
    sms: { body: 'Text {{ n }}' },
    email: { subject: 'Mail {{ n }}', body: 'Plain {{ n }}', html: '<p>{{ n }}</p>' },
    inApp: { body: 'In {{ n }}' },
  };
  t.deepEqual(await render(texts, { n: 7, nothing: '' }), {
    locale: 'en',
    content: {
      body: 'All: 7',
      url: 'https://shop.example/7',
      push: { title: 'Push 7' },
      sms: { body: 'Text 7' },
      email: { subject: 'Mail 7', body: 'Plain 7', html: '<p>7</p>' },
      inApp: { body: 'In 7' },
    },
  });
  for (const url of ['javascript:alert(1)', 'nowhere', 'https://a b', `https://a.example/${'x'.repeat(3_000)}`]) {
    t.true('fault' in (await render({ body: 'x', url: '{{ url }}' }, { url })), url);
  }
});

test('answers a fault for a missing parameter, and for anything outside the template and its parameters', async (t) => {
  for (const body of ['{{ number }}', '{{ order.constructor }}', "{% include 'other' %}", "{% render '/etc/passwd' %}", "{% render 'constructor' %}"]) {
    t.true('fault' in (await render({ body }, { order: {} })), body);
  }
  t.like(await render({ body: '{{ order.number }}' }, { order: {} }), { missing: 'order.number' });
});

test('with a schema a parameter may be left out that it doesn’t require, and one that it refuses is named', async (t) => {
  const parameters = { required: ['number'], properties: { number: { type: 'integer' }, name: { type: 'string' } } } as const;
  const body = 'Order {{ number }}{% if name %} for {{ name }}{% endif %}';
  t.like(await render({ body }, { number: 7 }, { parameters }), { content: { body: 'Order 7' } });
  t.like(await render({ body }, {}, { parameters }), { missing: 'number' });
  t.like(await render({ body }, { number: 'x' }, { parameters }), { invalid: { path: 'number', detail: 'must be a whole number' } });
});

test('renders in the reader’s language, and in the template’s own where that can’t be', async (t) => {
  const compiled = compileTemplate(source({ body: 'Hello' }, { locales: { de: { body: 'Hallo' }, fr: { body: 'Salut {{ prenom }}' } } }));
  t.deepEqual(await compiled.render({}, { language: 'de-CH' }), { locale: 'de', content: { body: 'Hallo' } });
  t.deepEqual(await compiled.render({}, { language: 'fr' }), { locale: 'en', content: { body: 'Hello' } });
  t.deepEqual(await compiled.render({}), { locale: 'en', content: { body: 'Hello' } });
});

test('cuts a template off that takes too long, or writes too much, wherever it writes it', async (t) => {
  const long = 'x'.repeat(10_000);
  for (const body of [
    '{% for i in (1..100000) %}{% for j in (1..100000) %}{{ i }}{% endfor %}{% endfor %}',
    `{% for i in (1..100000) %}${long}{% endfor %}`,
    `{% capture c %}{% for i in (1..100000) %}${long}{% endfor %}{% endcapture %}`,
    `{% for i in (1..100000) %}{% render 'long' %}{% endfor %}`,
    '{{ "x" | append: "y" }}{% for i in (1..30) %}{% assign text = text | append: text | default: "xxxx" %}{% endfor %}',
    `{% for i in (1..${Math.ceil(RENDERED_TEXT_MAX_CHARACTERS / 10_000)}) %}${long}{% endfor %}`,
  ]) {
    t.true('fault' in (await render({ body }, { text: 'xxxx' }, { partials: { long } })), body.slice(0, 60));
  }
});

test('finds what can’t be parsed before a template is published', async (t) => {
  t.deepEqual(await collect('Hello {{ name }}'), { partials: {} });
  for (const body of ['{% if %}', '{{ name | nothing_like_it }}', '{% nothing %}']) t.true('fault' in (await collect(body)), body);
  t.regex(faultOfPartial('{% if %}') ?? '', /line:1/);
  t.is(faultOfPartial('<p>{% block content %}{% endblock %}</p>'), undefined);
  const parameters = { properties: { name: {} } };
  t.deepEqual(await collect('{% for one in name %}{{ one }}{{ forloop.index }}{% endfor %}{% assign x = name %}{{ x }}', {}, { parameters }), { partials: {} });
  t.like(await collect('{{ name }} {{ nmae }}', {}, { parameters }), { fault: 'it uses the parameter nmae, which its schema does not have' });
});

test('brings along the partials that it uses, those within partials and tags included, and no others', async (t) => {
  const published = { frame: "<html>{% block content %}{% endblock %}{% render 'footer' %}</html>", footer: 'bye', other: 'no' };
  const body = "{% layout 'frame' %}{% block content %}{% if true %}{% for i in (1..2) %}{% include 'item' %}{% endfor %}{% endif %}{% endblock %}";
  const collected = await collect(body, { ...published, item: 'i' });
  t.deepEqual(collected, { partials: { frame: published.frame, item: 'i', footer: 'bye' } });
  if ('partials' in collected) t.like(await render({ body }, {}, collected), { content: { body: '<html>iibye</html>' } });
});

test('refuses partials that are not there, that nobody can tell before, and that use themselves', async (t) => {
  const deep = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`p${i}`, `{% render 'p${i + 1}' %}`]));
  for (const [body, published, complaint] of [
    ["{% render 'footer' %}", {}, /no partial footer/],
    ["{% render 'constructor' %}", {}, /no partial constructor/],
    ['{% render name %}', {}, /quotation marks, in line 1/],
    ["\n{% include 'a{{ b }}' %}", {}, /quotation marks, in line 2/],
    ["{% render 'a' %}", { a: "{% render 'b' %}", b: "{% include 'a' %}" }, /a uses itself, by a, b, a/],
    ["{% render 'p0' %}", deep, /8 levels deep/],
  ] as const) {
    const collected = await collect(body, published as Record<string, string>);
    t.regex('fault' in collected ? collected.fault : '', complaint);
  }
});

test('partials that use each other in many ways are looked through once each, and rendered no longer than anything else', async (t) => {
  const level = (i: number) => Array.from({ length: 6 }, (_, j) => `p${i}-${j}`);
  const using = (i: number) => level(i).map((name) => `{% render '${name}' %}`);
  const partials = Object.fromEntries(
    Array.from({ length: 7 }, (_, i) => level(i).map((name) => [name, i === 6 ? '{{ 1 }}'.repeat(500) : using(i + 1).join('')] as const)).flat(),
  );
  const beganMs = performance.now();
  const texts = { body: using(0).join('') };
  t.deepEqual(await collect(texts.body, partials), { partials });
  t.true(performance.now() - beganMs < 10_000, 'there are 280,000 ways to the innermost, and looking through each takes minutes');
  const rendered = await render(texts, {}, { partials });
  t.regex('fault' in rendered ? rendered.fault : '', /limit exceeded/);
});

test('puts styles into the elements of an email’s HTML, and leaves what can’t be put there', async (t) => {
  const html = '<style>.red { color: red } @media (max-width: 9px) { .red { color: blue } }</style><p class="red">{{ text }}</p>';
  const rendered = await render({ body: 'x', email: { html } }, { text: '{{ a }} <%= b %> {{ unclosed' });
  const made = 'content' in rendered ? (rendered.content.email?.html ?? '') : '';
  t.regex(made, /<p class="red" style="color: red;">\{\{ a \}\} &lt;%= b %&gt; \{\{ unclosed<\/p>/);
  t.regex(made, /@media/);
  const rules = Array.from({ length: 200 }, (_, i) => `.c${i} { color: red }`).join('');
  const many = { body: 'x', email: { html: `<style>${rules}</style>${'<b></b>'.repeat(STYLE_MATCHES_MAX / 200 + 1)}` } };
  t.like(await render(many), { fault: `the styles of the HTML are too many: 200 selectors times 102 elements is more than ${STYLE_MATCHES_MAX}` });
});

test('filters go by the name of a property, and not by a list whose name takes hours to write', async (t) => {
  for (const filter of ['sort', 'sort_natural', 'map', 'sum', 'where', 'reject', 'group_by', 'has', 'find', 'find_index']) {
    for (const key of ['list', 'long']) {
      const rendered = await render({ body: `{{ list | ${filter}: ${key} | size }}` }, { list: ['a', 'b'], long: 'x'.repeat(10_000) });
      t.regex('fault' in rendered ? rendered.fault : '', /must be a short text/, filter);
    }
  }
  t.like(await render({ body: '{{ list | sort: "a" | map: "a" | join }}' }, { list: [{ a: 2 }, { a: 1 }] }), { content: { body: '1 2' } });
});

test('styles that would keep a process from its other work are ended, and so are those that nobody closed', async (t) => {
  const siblings = `<style>${`i${'~p'.repeat(12)} { color: red }`}</style>${'<p></p>'.repeat(100)}`;
  t.like(await render({ body: 'x', email: { html: siblings } }), { fault: 'the styles of the HTML take longer than 500 ms' });
  const unclosed = `${'<p></p>'.repeat(500)}<style>${'p { color: red }'.repeat(500)}`;
  t.regex(((await render({ body: 'x', email: { html: unclosed } })) as { readonly fault?: string }).fault ?? '', /styles of the HTML are too many/);
  const plain = '<style>p { color: red }</style><p>a</p>';
  t.like(await render({ body: 'x', email: { html: plain } }), { content: { email: { html: '<p style="color: red;">a</p>' } } });
});

test('whatever the parameters are, none stands unescaped in the HTML, and all stand as they are in plain texts', async (t) => {
  const html = [
    '<style>p { color: red }</style><p title="{{ a }}" class="{{ b }}">{{ a }}</p>',
    '{% echo a %}{% cycle a, b %}{% capture c %}{{ a }}{% endcapture %}{{ c }}{% assign d = b | upcase %}{{ d }}',
    "{% for one in list %}{{ one }}{% endfor %}{% render 'part', given: a %}{% include 'part', given: b %}{{ list }}{{ a | append: b }}",
    '{% liquid echo b %}{% tablerow one in list %}{{ one }}{% endtablerow %}',
  ].join('\n');
  const partials = { part: '<i>{{ given }}</i>' };
  const compiled = compileTemplate(source({ body: '{{ a }}', email: { html } }, { partials }));
  const nasty = fc.oneof(
    fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '{', '}', '%', 'a', ' ', '/', '=', '-', '!', 'JUICE_CODE_BLOCK_0_') }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('</style><script>alert(1)</script>', '"><img src=x onerror=y>', '{{ a }}', '<!--', '-->', ']]>', '&lt;script&gt;'),
  );
  await fc.assert(
    fc.asyncProperty(nasty, nasty, fc.array(nasty, { maxLength: 3 }), async (a, b, list) => {
      const rendered = await compiled.render({ a, b, list });
      if (!('content' in rendered)) return t.fail(rendered.fault);
      t.is(rendered.content.body, a);
      const made = rendered.content.email?.html ?? '';
      // What is left without the template's own tags is text: it has no markup in it, and no quotation mark that would end an attribute.
      const own = /<\/?(p|i|style|tr|td)( (title|class|style)(="[^"<>]*")?)*>/g;
      t.notRegex(made.replaceAll(own, ''), /[<>"]/);
      t.notRegex(made, /&(?!#?\w+;)/);
    }),
    { numRuns: 100 },
  );
});

test('the example of the documentation is refused until its partials are there, and makes what the documentation says', async (t) => {
  const page = readFileSync(new URL('../../docs/templates.md', import.meta.url), 'utf8');
  const [template, preview] = Array.from(page.matchAll(/```json\n([^]*?)\n```/g), ([, json = '']) => JSON.parse(json));
  const partials = new Map(
    Array.from(page.matchAll(/`PUT \/v1\/partials\/(\w+)` with `(\{.*\})`/g), ([, name = '', json = '']) => [name, JSON.parse(json).body]),
  );
  t.deepEqual([...partials.keys()], ['frame', 'item']);
  const { name: _name, language, locales, parameters, tracking: _tracking, ...texts } = template;
  const asked = { defaultLocale: language, locales: { [language]: texts, ...locales }, parameters };
  t.deepEqual(await collectPartials(asked, () => Promise.resolve(undefined)), { fault: 'there is no partial frame; publish it first' });
  const collected = await collectPartials(asked, (name) => Promise.resolve(partials.get(name)));
  if (!('partials' in collected)) return t.fail(collected.fault);
  const compiled = compileTemplate({ ...asked, ...collected });
  t.like(await compiled.render(preview.parameters, { language: preview.language }), { locale: 'de', content: { body: 'Ihre Bestellung 4711 ist unterwegs.' } });
  const english = await compiled.render(preview.parameters);
  const made = 'content' in english ? (english.content.email?.html ?? '') : '';
  t.regex(made, /<p class="lead" style="color: #333;">Dear customer,<\/p><ul><li>Rope<\/li><\/ul>/);
});
