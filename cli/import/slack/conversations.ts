/** The channels, private channels and direct messages of a Slack archive, and in which folder the messages of each are. */
import { z } from 'zod';
import { TITLE_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/channel.ts';
import { instant, type Instant } from '../../../domain/shared/instant.ts';
import { jsonItems } from '../json-items.ts';
import type { SlackArchive } from './archive.ts';
import { nameIn } from './cut.ts';

export type Conversation = {
  /** Slack's id. */
  readonly id: string;
  readonly kind: 'direct' | 'group';
  readonly folder: string;
  readonly title: string | undefined;
  /** What it is for. */
  readonly purpose: string | undefined;
  readonly created: Instant | undefined;
  readonly creator: string | undefined;
  readonly members: readonly string[];
};

const said = z.object({ value: z.string() }).optional().catch(undefined);
/** Of ten digits, as all times of Slack's. */
const SECONDS_MAX = 9_999_999_999;
const row = z.object({
  id: z.string().min(1),
  name: z.string().min(1).optional().catch(undefined),
  created: z.int().min(0).max(SECONDS_MAX).optional().catch(undefined),
  creator: z.string().min(1).optional().catch(undefined),
  members: z.array(z.string()).catch([]),
  topic: said,
  purpose: said,
});

/** Direct messages have no names, and those of several people one that is made of theirs. */
const LISTS = [
  { file: 'channels.json', kind: 'group', isNamed: true },
  { file: 'groups.json', kind: 'group', isNamed: true },
  { file: 'mpims.json', kind: 'group', isNamed: false },
  { file: 'dms.json', kind: 'direct', isNamed: false },
] as const;

/** Those that an archive doesn't have aren't there: only some workspaces get private channels and direct messages. */
export async function* conversationsIn(archive: Pick<SlackArchive, 'has' | 'read'>): AsyncGenerator<Conversation | undefined, void> {
  for (const { file, kind, isNamed } of LISTS) {
    if (!archive.has(file)) continue;
    for await (const item of jsonItems(archive.read(file), { field: undefined })) {
      const parsed = row.safeParse(item);
      if (!parsed.success) {
        yield undefined;
        continue;
      }
      const { id, name, created, creator, members, topic, purpose } = parsed.data;
      yield {
        id,
        kind,
        folder: kind === 'direct' ? id : (name ?? id),
        title: isNamed && name !== undefined ? nameIn(name, TITLE_LENGTH_MAX_CHARACTERS) || undefined : undefined,
        purpose: isNamed ? ([purpose?.value, topic?.value].find((text) => text !== undefined && text.trim() !== '') ?? undefined) : undefined,
        created: created === undefined ? undefined : instant(created * 1_000),
        creator,
        members: [...new Set(members)],
      };
    }
  }
}
