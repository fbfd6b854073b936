/** Every command of a load and how it ended, which is all that the checker is told of the load. */
import type { ConnectedDevice, ConnectedDevices } from '../e2e/devices/connected-devices.ts';
import type { EndedCommand } from '../e2e/system-under-test.ts';

export type CommandOutcome =
  | { readonly outcome: 'acknowledged' }
  | { readonly outcome: 'refused'; readonly code: string }
  /** There was no answer in time: it may have been carried out. */
  | { readonly outcome: 'unknown' };

export type RecordedCommand = CommandOutcome & {
  /** `POST /v1/me/feed`, or `frame send`. */
  readonly command: string;
  /** The client's: the same for every try. */
  readonly key: string;
  /** What was created, or where it stands: a post, a notification, a message’s seq. Undefined unless it was acknowledged. */
  readonly id: string | undefined;
};

export type CommandRecord = {
  readonly commands: readonly RecordedCommand[];
  /** For a system under test. */
  readonly onCommand: (command: EndedCommand) => void;
  /** Devices whose frames are recorded too. */
  recorded(devices: ConnectedDevices): ConnectedDevices;
};

export function createCommandRecord(): CommandRecord {
  const commands: RecordedCommand[] = [];
  const recordedDevice = (device: ConnectedDevice): ConnectedDevice => ({
    ...device,
    send: async (frame) => {
      const sent = await device.send(frame);
      const id = sent.outcome === 'acknowledged' ? `${frame.channel}/${sent.seq}` : undefined;
      const outcome: CommandOutcome = sent.outcome === 'acknowledged' ? { outcome: sent.outcome } : sent;
      commands.push({ command: `frame ${frame.type}`, key: frame.id, id, ...outcome });
      return sent;
    },
  });
  return {
    commands,
    onCommand: ({ path, options: { method = 'GET', key }, response }) => {
      if (key === undefined) return;
      const outcome = outcomeOf(response);
      const id = outcome.outcome === 'acknowledged' ? (response?.body['id'] ?? response?.body['seq']) : undefined;
      commands.push({ command: `${method} ${path}`, key, id: typeof id === 'string' || typeof id === 'number' ? String(id) : undefined, ...outcome });
    },
    recorded: (devices) => ({ ...devices, all: devices.all.map(recordedDevice), [Symbol.asyncDispose]: () => devices[Symbol.asyncDispose]() }),
  };
}

function outcomeOf(response: EndedCommand['response']): CommandOutcome {
  if (response === undefined) return { outcome: 'unknown' };
  return response.status < 300 ? { outcome: 'acknowledged' } : { outcome: 'refused', code: String(response.body['code']) };
}

export const countOutcomes = (commands: readonly RecordedCommand[]): Readonly<Record<CommandOutcome['outcome'], number>> => ({
  acknowledged: commands.filter(({ outcome }) => outcome === 'acknowledged').length,
  refused: commands.filter(({ outcome }) => outcome === 'refused').length,
  unknown: commands.filter(({ outcome }) => outcome === 'unknown').length,
});
