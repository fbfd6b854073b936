import test from 'ava';
import * as config from './config.ts';
import { settingsOf, type GatewayConfig } from './config.ts';
import { RESUME_BYTES_MAX } from './channels/missed-messages.ts';

const given: GatewayConfig = { id: 'g1', host: '127.0.0.1', port: 0, region: 'test' };

test('a configuration without settings gets the defaults', (t) => {
  t.like(settingsOf(given), {
    ...given,
    connectionsMax: config.CONNECTIONS_MAX,
    personConnectionsMax: config.PERSON_CONNECTIONS_MAX,
    pingMs: config.PING_MS,
    helloTimeoutMs: config.HELLO_TIMEOUT_MS,
    heartbeatMs: config.HEARTBEAT_MS,
    presenceTtlMs: config.PRESENCE_TTL_MS,
    sendQueueBytesMax: config.SEND_QUEUE_BYTES_MAX,
    tickMs: 1_000,
  });
});

test('settings replace the defaults', (t) =>
  t.like(settingsOf({ ...given, pingMs: 40_000, sendQueueBytesMax: 4_000_000 }), { pingMs: 40_000, sendQueueBytesMax: 4_000_000 }));

test('the messages that a resume sends again fit into the smallest send queue', (t) => t.true(RESUME_BYTES_MAX < config.SEND_QUEUE_BYTES_MAX));

const REFUSED: Readonly<Record<string, Partial<GatewayConfig>>> = {
  'no connections at all': { connectionsMax: 0 },
  'no connections of a person': { personConnectionsMax: 0 },
  'pings more often than the timing wheel turns': { pingMs: 999 },
  'pings that never come': { pingMs: Infinity },
  'an interval that is no number': { pingMs: NaN },
  'no time for a hello': { helloTimeoutMs: 0 },
  'no heartbeat interval': { heartbeatMs: 0 },
  'heartbeats as rare as the presence TTL': { heartbeatMs: 30_000 },
  'a presence TTL as short as a heartbeat': { presenceTtlMs: 10_000 },
  'a send queue into which a resume does not fit': { sendQueueBytesMax: config.SEND_QUEUE_BYTES_MAX - 1 },
};
for (const [name, setting] of Object.entries(REFUSED)) {
  test(`${name} is refused by a sentence that names the setting`, (t) => {
    t.throws(() => settingsOf({ ...given, ...setting }), {
      instanceOf: RangeError,
      message: /^The gateway's \w+M(ax|s) must be a number of at least \d+, and is /,
    });
  });
}
