import type { RoutingEvent } from '../../notifications/routing/events.ts';
import { at, later, type Samples } from '../samples.ts';

export const routingSamples: Samples<RoutingEvent> = {
  'notifications.routing-set.v1': {
    rules: [
      {
        channel: 'push',
        platforms: ['jpush'],
        countries: ['CN'],
        vendors: [{ vendor: 'jpush', weight: 3 }, { vendor: 'jpush-2', weight: 1 }, { vendor: 'pushy' }],
      },
      { channel: 'sms', vendors: [{ vendor: 'twilio' }] },
    ],
    at,
  },
  'notifications.vendor-plugged-out.v1': { vendor: 'twilio', at },
  'notifications.vendor-plugged-in.v1': { vendor: 'twilio', at: later },
};
