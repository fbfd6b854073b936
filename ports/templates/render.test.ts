import test from 'ava';
import { faultOfTemplate, renderTemplate } from './render.ts';

test('a template is filled in with what the request gives', async (t) => {
  const rendered = await renderTemplate(
    { title: 'Order {{ number }}', body: '{% for item in items %}{{ item }} {% endfor %}' },
    { number: 7, items: ['a', 'b'] },
  );
  t.deepEqual(rendered, { content: { title: 'Order 7', body: 'a b ' } });
});

test('what the request lacks is a fault, and so is what isn’t the template’s to reach', async (t) => {
  for (const body of ['{{ number }}', '{{ order.constructor }}', "{% include 'other' %}", "{% render '/etc/passwd' %}"]) {
    t.true('fault' in (await renderTemplate({ body }, { order: {} })), body);
  }
});

test('a template that works for too long is cut off', async (t) => {
  const body = '{% for i in (1..100000) %}{% for j in (1..100000) %}{{ i }}{% endfor %}{% endfor %}';
  t.true('fault' in (await renderTemplate({ body }, {})));
});

test('what can’t be parsed is told before it is published', (t) => {
  t.is(faultOfTemplate({ title: 'Hello {{ name }}', body: 'Hello' }), undefined);
  t.regex(faultOfTemplate({ body: '{% if %}' }) ?? '', /line:1/);
  t.true(faultOfTemplate({ body: '{{ name | nothing_like_it }}' }) !== undefined);
});
