import test, { type ExecutionContext } from 'ava';
import type { ContentCheck } from './port.ts';

/** Starts a check that refuses these, and nothing else. */
export type StartContentCheck = (refused: readonly string[]) => Promise<AsyncDisposable & { readonly check: ContentCheck }>;

/** Each adapter's test file is one call: `contentCheckContract('word list', start)`. */
export function contentCheckContract(adapter: string, start: StartContentCheck): void {
  const check = (title: string, body: (t: ExecutionContext, check: ContentCheck) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await using started = await start(['casino', '도박']);
      await body(t, started.check);
    });

  check('accepts what has nothing in it that is refused', async (t, { check }) => {
    for (const text of ['Rain again.', '', 'Un café à Paris', '비가 와요']) t.is(await check({ kind: 'post', text }), 'accepted', text);
  });

  check('refuses what has something in it that is refused, in a post as in a reply', async (t, { check }) => {
    for (const kind of ['post', 'reply'] as const) t.is(await check({ kind, text: 'Come to the casino today' }), 'refused');
    t.is(await check({ kind: 'post', text: '온라인도박사이트' }), 'refused');
  });

  check('gives the same text the same verdict, asked many times at once', async (t, { check }) => {
    const verdicts = await Promise.all(Array.from({ length: 50 }, (_, n) => check({ kind: 'post', text: n % 2 === 0 ? 'casino' : 'rain' })));
    t.deepEqual(
      verdicts,
      verdicts.map((_, n) => (n % 2 === 0 ? 'refused' : 'accepted')),
    );
  });
}
