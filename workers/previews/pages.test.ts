/** How often others' servers are asked. */
import test from 'ava';
import type { PersonId } from '../../domain/shared/ids.ts';
import { emptyTally } from '../../ports/cache-tallies.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import type { OutboundAnswer, OutboundGet } from '../../ports/outbound/port.ts';
import { createPages, PREVIEWS_OF_HOST } from './pages.ts';

const answered = (status: number, headers: Readonly<Record<string, string>>, body = ''): OutboundAnswer => ({
  outcome: 'answered',
  status,
  headers,
  body: Buffer.from(body),
  isCut: false,
});

async function given(answer: (url: URL) => OutboundAnswer) {
  const asked: URL[] = [];
  const get = async ({ url }: OutboundGet) => {
    asked.push(new URL(url));
    return answer(new URL(url));
  };
  const pageOf = createPages({ outbound: { get }, rateLimit: await startMemoryRateLimit(), monotonicMs: () => 0 });
  return { pageOf, askedOf: (hostname: string) => asked.filter((url) => url.hostname === hostname).length };
}

const MANY = 2 * PREVIEWS_OF_HOST.points;

for (const [what, linkOf, answer] of [
  ['by redirects from others', (n: number) => `https://a${n}.example/`, () => answered(302, { location: `https://victim.example/${Math.random()}` })],
  ['on many ports', (n: number) => `https://victim.example:${1_000 + n}/`, () => answered(404, {})],
  [
    'for the pictures of others',
    (n: number) => `https://a${n}.example/`,
    () => answered(200, { 'content-type': 'text/html' }, '<title>A</title><meta property="og:image" content="https://victim.example/p.jpg">'),
  ],
] as const)
  test(`a server is not asked more often ${what} than it may be asked`, async (t) => {
    const { pageOf, askedOf } = await given((url) => (url.hostname === 'victim.example' ? answered(404, {}) : answer()));
    for (let n = 0; n < MANY; n++) await pageOf(linkOf(n), `person-${n}` as PersonId);
    t.is(askedOf('victim.example'), PREVIEWS_OF_HOST.points);
  });

test('what could not be asked for is asked for when it can be', async (t) => {
  let ms = 0;
  const rateLimit = await startMemoryRateLimit({ monotonicMs: () => ms });
  const get = async () => answered(200, { 'content-type': 'text/html' }, '<title>A</title>');
  const tally = emptyTally();
  const pageOf = createPages({ outbound: { get }, rateLimit, monotonicMs: () => ms, tally });
  const ofPerson = (n: number) => pageOf(`https://a.example/${n}`, `person-${n}` as PersonId);
  for (let n = 0; n < PREVIEWS_OF_HOST.points; n++) await ofPerson(n);
  t.is(await ofPerson(MANY), undefined);
  ms += 61_000;
  t.deepEqual(await ofPerson(MANY), { title: 'A' });
  t.deepEqual(tally, { hits: 0, misses: PREVIEWS_OF_HOST.points + 2, evictions: 0 });
  t.deepEqual(await ofPerson(MANY), { title: 'A' });
  t.is(tally.hits, 1, 'what was asked for is kept');
});
