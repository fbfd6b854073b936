/**
 * Compares every query's answer with a naive model built from the acknowledgements: what was acknowledged must be there once, in order
 * and for everyone who may see it. Returns the faults as sentences.
 */
import { fetchNotices, findHistoryFaults, findInboxFaults } from './chat-model.ts';
import type { ConnectedDevices } from '../devices/connected-devices.ts';
import { findFeedFaults, findReplyFaults } from './feed-model.ts';
import { findNotificationFaults } from './notifications-model.ts';
import type { Scenario } from '../scenario.ts';
import { waitUntil } from '../system-under-test.ts';

export async function findFaults(scenario: Scenario): Promise<readonly string[]> {
  const { actors, acknowledged } = scenario;
  const faults = [...acknowledged.contradictions];
  for (const person of actors.people) faults.push(...(await findFeedFaults(scenario, person)));
  for (const post of acknowledged.posts.values()) faults.push(...(await findReplyFaults(scenario, post)));
  for (const channel of actors.channels) for (const member of channel.members) faults.push(...(await findHistoryFaults(scenario, channel, member)));
  const notices = await fetchNotices(scenario);
  for (const person of actors.people) faults.push(...(await findInboxFaults(scenario, person, notices)));
  faults.push(...(await findNotificationFaults(scenario)));
  return faults;
}

/** Waits until every device has every channel event, notices too, and also returns the faults that the devices reported on the way. */
export async function findDeviceFaults(scenario: Scenario, { all }: ConnectedDevices): Promise<readonly string[]> {
  const faults: string[] = [];
  const notices = await fetchNotices(scenario);
  for (const { owner, channels, seqsOf, faults: reported } of all) {
    faults.push(...reported);
    for (const channel of channels) {
      const count = (scenario.acknowledged.channelEvents.get(channel)?.size ?? 0) + (notices.get(channel)?.length ?? 0);
      await waitUntil(`${owner.name} has received ${count} of ${channel}`, () => seqsOf(channel).length >= count);
      const seqs = seqsOf(channel);
      if (seqs.length !== count || seqs.some((seq, i) => seq !== i)) faults.push(`${owner.name} has received ${seqs.join(' ')} of ${count} in ${channel}`);
    }
  }
  return faults;
}
