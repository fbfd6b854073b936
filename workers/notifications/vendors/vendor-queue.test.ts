import test from 'ava';
import { SENT_CHANNELS } from '../../../domain/people/notification-channels.ts';
import { vendorOfQueue, vendorQueueOf } from './vendor-queue.ts';

test('the name of a vendor’s queue tells the vendor, whatever its priority and however it is called', (t) => {
  for (const channel of SENT_CHANNELS)
    for (const vendor of ['fcm', 'web-push', 'deliver-push-high'])
      for (const priority of ['high', 'normal', 'low'] as const) t.deepEqual(vendorOfQueue(vendorQueueOf({ channel, vendor, priority })), { channel, vendor });
});

test('the name of another queue tells none', (t) => {
  for (const queue of ['push-unread', 'deliver-push-fcm', 'deliver-fax-fcm-high', 'deliver-push--high', 'plan-deliver-push-fcm-high'])
    t.is(vendorOfQueue(queue), undefined, queue);
});
