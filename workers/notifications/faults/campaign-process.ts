/**
 * The process that a test kills amid a notification to a list. It prints the notification, and then each range that is recorded, a line
 * of JSON each. `node campaign-process.ts <folder> <members>`: the members are `memberNumbered` from 0.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { campaign } from '../../../domain/notifications/lists/campaign.ts';
import { campaignStream } from '../../../domain/shared/streams.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { listOf, memberNumbered } from './campaigns.ts';

const [folder = '', members = ''] = process.argv.slice(2);
const given = await startDeliveriesForTest(0, {}, { folder });
const list = await listOf(
  given,
  Array.from({ length: Number(members) }, (_, n) => memberNumbered(n)),
);
const notification = await given.request({ recipients: [], list });
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
print(notification);
for (let printed = 0; ; await delay(1)) {
  const { state } = await given.work.loadState(campaign, campaignStream(notification));
  for (; state.status !== 'none' && printed < state.ranges; printed++) print(printed);
}
