/**
 * Finishes erasing a person in other streams: the key and the sessions (again, should the command have been interrupted), open friend
 * requests, friendships, and the groups that the person belonged to. All of it may be done twice.
 */
import type { Commands } from '../../commands/commands.ts';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsDocuments } from '../../projections/read-models/projectors.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import type { FoundDocument } from '../../projections/view-access/active-views.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

const PAGE_MAX = 100;

type Erased = Extract<UserEvent, { type: 'people.person-erased.v1' }>;

type Dependencies = {
  readonly views: Pick<TidingsViews, 'find'>;
  readonly commands: Pick<Commands, 'finishErasing' | 'removeFriend' | 'refuseFriend' | 'withdrawFriend' | 'leaveChannel'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const finishErasing = (dependencies: Dependencies): TidingsEventProcess<Erased> => ({
  kind: 'process',
  name: 'finish-erasing',
  version: 1,
  handles: ['people.person-erased.v1'],
  after: ['friends', 'inbox'],
  react: async (event) => {
    const { views, commands } = dependencies;
    const person = event.key as PersonId;
    const context = (type: string, of: string) => erasingContext(dependencies, event, type, of);
    await commands.finishErasing({ person }, context('finish-erasing', person));
    await forEach(views, 'friends', { person }, ({ friend }) => commands.removeFriend({ person, other: friend }, context('remove-friend', friend)));
    await forEach(views, 'friend-requests', { from: person }, ({ request }) =>
      commands.withdrawFriend({ person, request }, context('withdraw-friend', request)),
    );
    await forEach(views, 'friend-requests', { to: person }, ({ request }) => commands.refuseFriend({ person, request }, context('refuse-friend', request)));
    // A direct channel keeps its two people, and refuses.
    await forEach(views, 'inbox', { person, member: true }, ({ channel }) => commands.leaveChannel({ person, channel }, context('leave-channel', channel)));
  },
});

const erasingContext = ({ contextFor, clock }: Dependencies, event: Recorded<Erased>, type: string, of: string): CommandContext =>
  contextForEvent(event, { contextFor, worker: 'finish-erasing', type, of, body: of, at: clock() });

/** Reads pages by id: acting on the documents of one page changes the view later, or not at all. */
async function forEach<Name extends keyof TidingsDocuments>(
  views: Pick<TidingsViews, 'find'>,
  collection: Name,
  where: Readonly<Record<string, string | boolean>>,
  act: (document: FoundDocument<TidingsDocuments[Name]>) => Promise<CommandResult>,
): Promise<void> {
  for (let after = ''; ;) {
    const page: readonly FoundDocument<TidingsDocuments[Name]>[] = await views.find(collection, {
      where,
      range: { field: '_id', after },
      order: { _id: 1 },
      limit: PAGE_MAX,
    });
    await Promise.all(page.map(act));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_MAX) return;
    after = last._id;
  }
}
