/** The picture of a channel: of the other person, with whether they are online, or of the group. */
import { Avatar } from '../parts/avatar.tsx';
import { t } from '../text/text.ts';
import { titleOfRow } from './channel-titles.ts';
import type { InboxRow } from './inbox.ts';
import { presence } from './presence.ts';

export type Face = { readonly id: string; readonly name: string | null; readonly picture?: string | undefined };

/** As in a list: of the other person, or of the group. */
export const faceOfRow = (row: InboxRow): Face =>
  (row.kind === 'direct' ? row.with[0] : undefined) ?? { id: row.channel, name: titleOfRow(row), picture: row.picture };

export function ChannelFace({ face, isPerson }: { readonly face: Face; readonly isPerson: boolean }) {
  const isOnline = isPerson && presence.value[face.id]?.status === 'online';
  return (
    <span class={isPerson ? 'face' : 'face face-group'}>
      <Avatar person={face} />
      {isOnline && (
        <span class="online">
          <span class="unseen">{t('chat.online')}</span>
        </span>
      )}
    </span>
  );
}
