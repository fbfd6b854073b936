/** Ends the exports of all channels that an erased person was in, or wrote in before they were imported: the person's words are in them. The person's own can't be read any more as it is. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { ChannelId, ExportId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

const PAGE_MAX = 200;

type Erased = Extract<UserEvent, { type: 'people.person-erased.v1' }>;

type Dependencies = {
  readonly views: Pick<TidingsViews, 'pluck'>;
  readonly commands: Pick<Commands, 'endExport'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const endExportsOfErased = ({ views, commands, contextFor, clock }: Dependencies): TidingsEventProcess<Erased> => ({
  kind: 'process',
  name: 'end-exports-of-erased',
  version: 1,
  handles: ['people.person-erased.v1'],
  after: ['inbox', 'messages', 'exports'],
  startFrom: 'now',
  react: async (event) => {
    const reason = 'person-erased' as const;
    const end = (id: ExportId) =>
      commands.endExport(
        { export: id, reason },
        contextForEvent(event, { contextFor, worker: 'end-exports-of-erased', type: 'end-export', of: id, body: id, at: clock() }),
      );
    for (const read of pagesOf(views, event.key)) {
      for await (const row of idsIn(read)) for await (const id of exportsOf(views, channelIn(row))) await end(id);
    }
  },
});

type ReadPage = (after: string) => Promise<readonly string[]>;

/** Rows of the inbox outlast membership. */
function pagesOf(views: Pick<TidingsViews, 'pluck'>, person: string): readonly ReadPage[] {
  const pageAfter = (after: string) => ({ range: { field: '_id', after }, order: { _id: 1 }, limit: PAGE_MAX }) as const;
  return [
    (after) => views.pluck('inbox', '_id', { where: { person, member: true }, ...pageAfter(after) }),
    (after) => views.pluck('inbox', '_id', { where: { person, member: false }, ...pageAfter(after) }),
    (after) => views.pluck('imported-senders', '_id', { where: { person }, ...pageAfter(after) }),
  ];
}

async function* idsIn(read: ReadPage): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const page = await read(after);
    yield* page;
    if (page.length < PAGE_MAX) return;
    after = page.at(-1) ?? '';
  }
}

async function* exportsOf(views: Pick<TidingsViews, 'pluck'>, channel: ChannelId): AsyncGenerator<ExportId> {
  for (let after = ''; ;) {
    const page = await views.pluck('exports', '_id', { where: { channel }, range: { field: '_id', after }, order: { _id: 1 }, limit: PAGE_MAX });
    yield* page as readonly string[] as readonly ExportId[];
    if (page.length < PAGE_MAX) return;
    after = page.at(-1) ?? '';
  }
}

/** In an `inboxId`, and in the id of an imported sender, which is made alike. */
const channelIn = (id: string): ChannelId => id.slice(id.indexOf(':') + 1) as ChannelId;
