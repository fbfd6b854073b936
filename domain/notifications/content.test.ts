import test from 'ava';
import fc from 'fast-check';
import { NOTIFICATION_CHANNELS } from '../people/notification-channels.ts';
import { refusalOfLine } from '../shared/text/one-line.ts';
import { bytesIn, charactersIn } from '../shared/text/text.ts';
import { fitContent, NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS, PUSH_CONTENT_MAX_BYTES, refusalOfContent, SMS_LENGTH_MAX_CHARACTERS } from './content.ts';

test('content that a channel takes goes on it as it is', (t) => {
  const content = { title: 'News', body: 'It rains.\nIt pours.', url: 'https://example.org/news' };
  for (const channel of NOTIFICATION_CHANNELS) t.deepEqual(fitContent(content, channel), content);
});

test('a title of an older event is put into one line, and one that can’t be seen is left out', (t) => {
  t.deepEqual(fitContent({ title: 'Bank\r\nBcc: eve@example.org', body: 'hello' }, 'email'), { title: 'Bank Bcc: eve@example.org', body: 'hello' });
  t.deepEqual(fitContent({ title: 'Eve \u202egnp.toidi', body: 'hello' }, 'push'), { title: 'Eve gnp.toidi', body: 'hello' });
  for (const title of ['', ' \u200b', '\u202e']) t.deepEqual(fitContent({ title, body: 'hello' }, 'push'), { body: 'hello' });
});

test('a body is cut where the rest leaves no room for it, and through no character that a person sees', (t) => {
  t.is(fitContent({ body: 'a'.repeat(5_000) }, 'sms').body, `${'a'.repeat(SMS_LENGTH_MAX_CHARACTERS - 1)}…`);
  const family = '👨‍👩‍👧';
  const { body } = fitContent({ body: family.repeat(1_000) }, 'push');
  t.regex(body, new RegExp(`^(${family})+…$`));
  t.true(bytesIn(JSON.stringify({ body })) > PUSH_CONTENT_MAX_BYTES - bytesIn(family));
  t.is(fitContent({ body: 'a'.repeat(5_000) }, 'email').body.length, 5_000);
});

test('whatever content is, each channel is given what it takes', (t) => {
  const characters = fc.constantFrom('a', '"', '\\', '\n', 'é', '한', '😀', '👨‍👩‍👧', 'e\u0301', '\u202e', '\u0001');
  const text = (maxLength: number) =>
    fc.tuple(fc.array(characters, { minLength: 1, maxLength: 20 }), fc.nat(maxLength)).map(([parts, times]) => `x${parts.join('').repeat(times)}`);
  const url = fc.constantFrom(undefined, `https://example.org/${'a'.repeat(2_000)}`);
  fc.assert(
    fc.property(text(100), text(1_000), url, (title, body, link) => {
      for (const channel of NOTIFICATION_CHANNELS) {
        const fitted = fitContent({ title, body, ...(link !== undefined && { url: link }) }, channel);
        t.true(fitted.title !== undefined && charactersIn(fitted.title) <= NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS);
        t.is(refusalOfLine(fitted.title ?? ''), undefined);
        if (channel === 'push') t.true(bytesIn(JSON.stringify(fitted)) <= PUSH_CONTENT_MAX_BYTES);
        if (channel === 'sms' && link === undefined) t.is(refusalOfContent(fitted, ['sms']), undefined);
        t.is(fitted.url, link);
      }
    }),
    { numRuns: 50 },
  );
});
