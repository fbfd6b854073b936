/** What channels are called that are shown by what was said there: of the inbox, or asked for. */
import { signal, type Signal } from '@preact/signals';
import { failureText, session, whenLeaving } from '../app/session.ts';
import { nameText } from '../parts/name.tsx';
import { t } from '../text/text.ts';
import { inbox, type InboxRow } from './inbox.ts';
import { titleOf } from './open-channel.ts';

const titles = new Map<string, Signal<string>>();
whenLeaving(() => titles.clear());

export const titleOfRow = ({ title, kind, with: others }: Pick<InboxRow, 'title' | 'kind' | 'with'>): string =>
  title ?? (kind === 'direct' ? nameText(others[0]?.name ?? null) : t('chat.group'));

export function learnTitles(channels: readonly string[]): void {
  for (const channel of new Set(channels)) {
    if (titles.has(channel) || inbox.value?.some((row) => row.channel === channel) === true) continue;
    const title = signal('');
    titles.set(channel, title);
    void ask(channel, title);
  }
}

async function ask(channel: string, into: Signal<string>): Promise<void> {
  try {
    const facts = (await session.value?.tidings.read.GET('/v1/channels/{channel}', { params: { path: { channel } } }))?.data;
    into.value = facts === undefined ? '' : titleOf(facts);
  } catch (error) {
    failureText(error);
  }
}

export function titleOfChannel(channel: string): string {
  const row = inbox.value?.find((one) => one.channel === channel);
  return row === undefined ? (titles.get(channel)?.value ?? '') : titleOfRow(row);
}
