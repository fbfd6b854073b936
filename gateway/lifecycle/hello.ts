/** Admits a connection by its `hello`: checks the token, the rate limit and the device, and reads what the client missed. */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { ChannelId, DeviceId } from '../../domain/shared/ids.ts';
import { epochMs } from '../../domain/shared/instant.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { SecurityEvent } from '../../edge/security-events.ts';
import { FIRST_EPOCH } from '../../ports/event-log/port.ts';
import { loadResume, type ResumeDependencies, type ResumeResult } from '../channels/load-resume.ts';
import { applyInput } from '../connection/apply-input.ts';
import type { Connection, Identity } from '../connection/connection.ts';
import type { Input } from '../connection/connection-states.ts';
import { refusalOfHello, type FrameLimiter } from '../connection/rate-limit.ts';
import { refusedFrameOf, sendRefusal } from '../connection/send-refusal.ts';
import { beatPresence, type LocalPresence } from '../presence/presence.ts';
import { FRAME_BYTES_MAX, type ClientFrameOf } from '../protocol/frames.ts';
import { isDeviceRemoved } from './check-devices.ts';
import { addConnection, type ConnectionRegistry } from './connection-registry.ts';

type HelloFrame = ClientFrameOf<'hello'>;

export type HelloDependencies = {
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly limiter: FrameLimiter;
  readonly registry: ConnectionRegistry;
  readonly presence: LocalPresence;
  readonly reportSecurity: (event: SecurityEvent) => void;
  readonly resume: ResumeDependencies;
};

/** Undefined: the client was refused and its connection closed, or the connection was closed meanwhile. */
export async function admit(
  { tokens, limiter, registry, presence, reportSecurity, resume }: HelloDependencies,
  connection: Connection,
  hello: HelloFrame,
): Promise<{ readonly identity: Identity; readonly resumed: ResumeResult } | undefined> {
  const refuse = (refusal: Refusal, input: Input): undefined => {
    sendRefusal(connection, refusal, refusedFrameOf(hello)); // before it is closed
    applyInput(connection, input);
  };

  const authenticated = await authenticate(tokens, hello);
  if (isClosed(connection)) return undefined;
  if (authenticated.outcome === 'refused') {
    const { code } = authenticated.refusal;
    if (code === 'token-invalid') reportSecurity({ event: 'token-refused', actor: 'anonymous', code, address: connection.address });
    return refuse(authenticated.refusal, 'unauthenticated');
  }
  const { identity } = authenticated;
  const limited = await refusalOfHello(limiter, identity.person);
  if (limited !== undefined) return refuse(limited, 'rate-limited');
  if (isClosed(connection)) return undefined;
  connection.identity = identity;
  connection.socket.allowFramesUpTo(FRAME_BYTES_MAX);
  const { known } = addConnection(registry, connection, identity.person);
  // What is read from here on and the hints that come overlap, so that no message falls in between.
  const [isRemoved] = await Promise.all([isDeviceRemoved(resume.history, connection, identity), known]);
  if (isClosed(connection)) return undefined;
  if (isRemoved) return refuse({ code: 'device-removed' }, 'revoked');
  beatPresence(presence, identity.person, identity.device);
  const cursors = new Map(Object.entries(hello.cursors) as [ChannelId, number][]);
  return { identity, resumed: await loadResume(resume, identity.person, { cursors, epoch: hello.epoch ?? FIRST_EPOCH }) };
}

async function authenticate(
  tokens: HelloDependencies['tokens'],
  { token, device }: HelloFrame,
): Promise<{ readonly outcome: 'accepted'; readonly identity: Identity } | { readonly outcome: 'refused'; readonly refusal: Refusal }> {
  const verified = await tokens.verify(token);
  if (verified.outcome === 'refused') return verified;
  const { person, session, expiresAt } = verified;
  return { outcome: 'accepted', identity: { person, device: device as DeviceId, session, expiresAtMs: epochMs(expiresAt) } };
}

const isClosed = ({ phase }: Connection): boolean => phase === 'closing';
