/** The property that a search has on every adapter of the views. */
import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import { messageSearch } from '../../read-api/search/message-search.ts';
import { searchMessages } from '../../read-api/search/search-messages.ts';
import { CHANNELS, nameOf, SEARCHES, startConversation, step, type Step } from './conversation.ts';
import { givenSearch, Killed, type SearchFixture } from './given-search.ts';

const STEPS_MAX = 50;
const PAGE = { limit: 40, bytesMax: 1_000_000 } as const;

type StartViews = (folder: string) => Promise<ViewStore>;

export const findsWhatReadingFinds = (t: ExecutionContext, startViews: StartViews, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: STEPS_MAX }), (steps) => holdsAfter(t, startViews, steps)),
    { numRuns },
  );

async function holdsAfter(t: ExecutionContext, startViews: StartViews, steps: readonly Step[]): Promise<void> {
  await using folder = await temporaryFolder();
  await using views = await startViews(folder.path);
  await using given = await givenSearch(folder.path, views);
  const conversation = await startConversation(given);
  for (const one of steps) await conversation.take(one).catch((error: unknown) => t.true(error instanceof Killed, String(error)));
  const floor = steps.length % 7;

  await given.project('messages');
  for (const [typed, sender] of SEARCHES) {
    const found = await findAll(given, typed, sender, floor);
    const expected = conversation.expected(typed, sender, floor).filter((one) => found.includes(one) || !conversation.isEdited(one));
    t.deepEqual(found, expected, `${typed}, as far as it is indexed`);
  }

  await given.project('search');
  await given.index();
  for (const [typed, sender] of SEARCHES) {
    t.deepEqual(await findAll(given, typed, sender, floor), conversation.expected(typed, sender, floor), `${typed}, indexed`);
  }
  const index = await given.views.getMany('searched-channels', CHANNELS);
  for (const [i, of] of CHANNELS.entries()) {
    if (conversation.begun.has(of)) t.like(index[i], { from: 0, pending: false }, of);
    else t.is(index[i], undefined);
  }
  t.is(await given.entries(), conversation.entries(), 'each term and the sender of each message, and nothing else');
}

async function findAll(given: SearchFixture, typed: string, sender: PersonId | undefined, floor: number): Promise<readonly string[]> {
  const found: string[] = [];
  const channels = new Map(CHANNELS.map((of) => [of, floor]));
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page = await searchMessages(given, messageSearch({ typed, sender }), { ...PAGE, channels, cursor: cursor === '' ? undefined : cursor });
    found.push(...page.hits.map(nameOf));
    cursor = page.next;
  }
  return found.toSorted();
}
