/** In a replay nobody has a session. An operator reads as a person, whom a header names; that is in the audit of the replay before anything is read. */
import type { LoadState } from '../../commands/handling/handle.ts';
import { refusalOfAction, type RecordAction } from '../../domain/operators/actions.ts';
import type { ActingOperator } from '../../domain/operators/roles.ts';
import { user } from '../../domain/people/user.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { HOUR_MS, type Instant } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import type { Authenticate } from '../../edge/auth/callers.ts';
import { personId } from '../../edge/fields.ts';
import { reasonOf } from '../../edge/http/operator-actions.ts';

export const READ_AS_HEADER = 'tidings-as';

/** A page reads many times: for so long it is one look. */
const ONE_LOOK_MS = HOUR_MS;
const LOOKS_MAX = 1_000;

type Dependencies = {
  readonly authenticate: Authenticate;
  readonly recordAction: RecordAction;
  readonly loadState: LoadState;
  readonly clock: () => Instant;
  readonly monotonicMs?: () => number;
};

/** What the read API has in a replay in place of what it has else: nobody works on what is asked for there. */
export const inReplay = (dependencies: Dependencies) => ({
  authenticate: readingAs(dependencies),
  tokens: { isActive: () => Promise.resolve(true) },
  jobs: { add: () => Promise.resolve() },
});

/** Without the header an operator is an operator, as everywhere. */
function readingAs({ authenticate, recordAction, loadState, clock, monotonicMs = () => performance.now() }: Dependencies): Authenticate {
  const record = onceALook(recordAction, monotonicMs);
  return async (credentials) => {
    const authenticated = await authenticate(credentials);
    const named = credentials.header(READ_AS_HEADER);
    if (named === undefined || authenticated.outcome === 'refused' || authenticated.caller.kind !== 'operator') return authenticated;
    const { operator, role } = authenticated.caller;
    const by = { operator, role };
    const reason = reasonOf(credentials.header);
    const refusal = refusalOfAction('read-as-person', by, reason);
    if (refusal !== undefined) return { outcome: 'refused', refusal };
    const { data: person } = personId.safeParse(named);
    if (person === undefined) return { outcome: 'refused', refusal: { code: 'person-unknown' } };
    const unreadable = await refusalOfPerson(loadState, person);
    if (unreadable !== undefined) return { outcome: 'refused', refusal: unreadable };
    await record({ by, reason: reason ?? '', person });
    return { outcome: 'accepted', caller: { kind: 'person', person, session: `of ${operator}`, loggedInAt: clock() } };
  };
}

async function refusalOfPerson(loadState: LoadState, person: PersonId): Promise<Refusal | undefined> {
  const { status } = (await loadState(user, userStream(person))).state;
  if (status === 'erased') return { code: 'person-erased' };
  return status === 'registered' ? undefined : { code: 'person-unknown' };
}

type Look = { readonly by: ActingOperator; readonly reason: string; readonly person: PersonId };

/** Requests at the same time wait for the one that is being recorded. */
function onceALook(recordAction: RecordAction, monotonicMs: () => number): (look: Look) => Promise<void> {
  const looks = new Map<string, { readonly sinceMs: number; readonly recorded: Promise<unknown> }>();
  return async ({ by, reason, person }) => {
    const key = JSON.stringify([by.operator, person, reason]);
    const known = looks.get(key);
    if (known !== undefined && monotonicMs() - known.sinceMs < ONE_LOOK_MS) return void (await known.recorded);
    const recorded = recordAction({ action: 'read-as-person', by, reason, of: { person } });
    looks.delete(key);
    looks.set(key, { sinceMs: monotonicMs(), recorded });
    for (const oldest of looks.keys()) if (looks.size > LOOKS_MAX) looks.delete(oldest);
    try {
      await recorded;
    } catch (error) {
      looks.delete(key);
      throw error;
    }
  };
}
