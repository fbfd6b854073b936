import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import type { LogFacts } from './dependencies.ts';

/**
 * Reads of a channel for a member; undefined for anybody else, who is answered alike whether there is a channel or not. Membership is
 * asked again behind the read: a member who was removed meanwhile is not shown what was said after that. `read` is told the first `seq` that
 * the member may read.
 */
export async function readAsMember<Found>(
  { readsFrom }: Pick<LogFacts, 'readsFrom'>,
  { person, channel }: { readonly person: PersonId; readonly channel: ChannelId },
  read: (from: number) => Promise<Found>,
): Promise<Found | undefined> {
  const from = await readsFrom(person, channel);
  if (from === undefined) return undefined;
  const found = await read(from);
  return (await readsFrom(person, channel)) === from ? found : undefined;
}
