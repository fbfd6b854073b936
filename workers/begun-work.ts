/** Reading what reactors have begun: their own documents, which no version names, and which are gone once the work has ended. */
import type { Query, Views } from '../ports/views/port.ts';
import type { Claim } from './people/abandoned-logins.ts';
import type { TakenSlot } from './people/abandoned-slots.ts';
import type { DuePush } from './chat/due-pushes.ts';
import type { Fanout } from './feed/fan-out.ts';
import type { FriendPost } from './feed/friend-posted.ts';
import type { Planning } from './notifications/plan-notifications.ts';

type BegunDocuments = {
  readonly fanouts: Fanout;
  readonly 'friend-posts': FriendPost;
  readonly plannings: Planning;
  readonly 'due-pushes': DuePush;
  readonly 'login-claims': Claim;
  readonly 'taken-slots': TakenSlot;
};

export type BegunWork = {
  /** Those whose `field` is at or before `until`, the longest waiting first. */
  since<Name extends keyof BegunDocuments>(
    collection: Name,
    reached: { readonly field: keyof BegunDocuments[Name] & string; readonly until: string; readonly limit: number },
  ): Promise<readonly BegunDocuments[Name][]>;
};

export const begunWork = (views: Pick<Views, 'find'>): BegunWork => ({
  since: (collection, { field, until, limit }) => {
    const query: Query = { range: { field, until }, order: { [field]: 1 }, limit };
    return views.find(collection, query);
  },
});
