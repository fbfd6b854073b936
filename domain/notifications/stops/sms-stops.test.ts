import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import { instant } from '../../shared/instant.ts';
import type { SmsStopsEvent } from './events.ts';
import { isStopped, smsStops } from './sms-stops.ts';

const at = instant(0);
const phone = 'hmac';
const number = '+15005550006';
const stop = { type: 'stop', phone, senders: [number], at } as const;
const start = { ...stop, type: 'start' } as const;
const stopped: SmsStopsEvent = { type: 'notifications.sms-stopped.v1', data: { phone, senders: [number], stopped: [number], at } };
const started: SmsStopsEvent = { type: 'notifications.sms-started.v1', data: { phone, senders: [number], stopped: [], at } };

test('STOP holds for the number that it came to until START comes to it, each once', (t) => {
  given(smsStops).when(stop).then(t, stopped);
  given(smsStops, stopped).when(stop).then(t);
  given(smsStops, stopped).when(start).then(t, started);
  given(smsStops, stopped, started).when(start).then(t);
  given(smsStops, stopped, started).when(stop).then(t, stopped);
});

test('another number, or the service of several, is stopped and started apart', (t) => {
  const service = 'MG0123';
  given(smsStops, stopped)
    .when({ ...stop, senders: [number, service] })
    .then(t, { type: 'notifications.sms-stopped.v1', data: { phone, senders: [number, service], stopped: [number, service], at } });
  given(smsStops, stopped)
    .when({ ...start, senders: [service] })
    .then(t);
  const state = smsStops.evolve(smsStops.initialState, stopped);
  t.true(isStopped(state, number));
  t.false(isStopped(state, service));
});
