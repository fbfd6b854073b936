import test from 'ava';
import { faultOfTemplate, renderTemplate } from './render.ts';

test('fills a template in with the parameters of the request', async (t) => {
  const rendered = await renderTemplate(
    { title: 'Order {{ number }}', body: '{% for item in items %}{{ item }} {% endfor %}' },
    { number: 7, items: ['a', 'b'] },
  );
  t.deepEqual(rendered, { content: { title: 'Order 7', body: 'a b ' } });
});

test('answers a fault for a missing parameter, and for anything outside the template and its parameters', async (t) => {
  for (const body of ['{{ number }}', '{{ order.constructor }}', "{% include 'other' %}", "{% render '/etc/passwd' %}"]) {
    t.true('fault' in (await renderTemplate({ body }, { order: {} })), body);
  }
});

test('cuts a template off that takes too long', async (t) => {
  const body = '{% for i in (1..100000) %}{% for j in (1..100000) %}{{ i }}{% endfor %}{% endfor %}';
  t.true('fault' in (await renderTemplate({ body }, {})));
});

test('finds what can’t be parsed before a template is published', (t) => {
  t.is(faultOfTemplate({ title: 'Hello {{ name }}', body: 'Hello' }), undefined);
  t.regex(faultOfTemplate({ body: '{% if %}' }) ?? '', /line:1/);
  t.true(faultOfTemplate({ body: '{{ name | nothing_like_it }}' }) !== undefined);
});
