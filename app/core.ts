/** The application core: commands that are decided and appended, on the adapters. */
import { createCommands, type Commands } from '../commands/commands.ts';
import { contextWith, type ContextFor } from '../commands/handling/command-context.ts';
import type { WebAuthnSite } from '../commands/handling/dependencies.ts';
import { createAdmission, type AdmissionConfig, type AdmissionDependencies } from '../commands/moderation/admission.ts';
import { createUploads, type Uploads } from '../commands/media/uploads.ts';
import { createHandling, type CommandHandling } from '../commands/handling/handle.ts';
import { scanRecentCommands } from '../commands/handling/recent-commands.ts';
import type { Instant } from '../domain/shared/instant.ts';
import { isAllowedOrigin } from '../edge/network/origins.ts';
import { createPasswords } from '../edge/auth/passwords.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import type { Adapters } from './adapters/adapters.ts';
import type { Config } from './config/config.ts';
import { installationSecret } from './data-folder.ts';
import { withCommandTelemetry, type CommandEvent } from './telemetry/command-telemetry.ts';

export type Core = Adapters &
  CommandHandling & {
    readonly codec: Codec;
    readonly commands: Commands;
    readonly contextFor: ContextFor;
    readonly clock: () => Instant;
    readonly uploads: Uploads;
    /** Keys the names of objects. */ readonly mediaSecret: Uint8Array;
  };

export type CoreReports = {
  /** Called once for every command. */
  readonly reportCommand?: (event: CommandEvent) => void;
  /** A snapshot couldn't be read or taken: its stream is folded from the start. */
  readonly reportSnapshotFailure?: (error: unknown) => void;
  /** The codec, with its calls counted. */
  readonly counted?: (codec: Codec) => Codec;
};

/**
 * `webAuthn`: where keys of people are asked for; absent in a process that logs nobody in. `admission`: absent where people give no commands.
 * `isServing`: commands of people who were connected before the process started are expected.
 */
export type CoreConfig = { readonly webAuthn?: WebAuthnSite; readonly admission?: CoreAdmission; readonly isServing?: true };

type CoreAdmission = Pick<AdmissionDependencies, 'contentChecks' | 'onUnavailable'> & AdmissionConfig;

export async function createCore(
  adapters: Adapters,
  clock: () => Instant,
  { reportCommand = () => undefined, reportSnapshotFailure = () => undefined, counted = (codec) => codec }: CoreReports = {},
  { webAuthn, admission, isServing }: CoreConfig = {},
): Promise<Core> {
  const keyring = openKeyring(adapters.vault);
  const codec = counted(createCodec(keyring));
  const handling = withCommandTelemetry(
    createHandling({
      log: adapters.log,
      codec,
      // Other processes would each read minutes of a log that is not theirs alone, over the network.
      ...(isServing === true && adapters.eventStore !== undefined && { recentCommands: scanRecentCommands({ log: adapters.log, codec }, clock) }),
      onSnapshotFailure: (stream, error) => reportSnapshotFailure(new Error(`The snapshot of ${stream} failed.`, { cause: error })),
    }),
    reportCommand,
  );
  const commands = createCommands({
    ...adapters,
    handling,
    codec,
    keyring,
    ...(admission !== undefined && {
      admit: createAdmission({ ...adapters, ...handling, codec, ...admission, secret: await installationSecret(adapters.vault, 'same-texts') }, admission),
    }),
    logins: { passwords: createPasswords(), secret: await installationSecret(adapters.vault, 'login-names'), ...(webAuthn !== undefined && { webAuthn }) },
  });
  return {
    ...adapters,
    ...handling,
    codec,
    commands,
    contextFor: contextWith(await installationSecret(adapters.vault, 'request-hashes')),
    clock,
    uploads: createUploads({ store: adapters.media }),
    mediaSecret: await installationSecret(adapters.vault, 'media-keys'),
  };
}

export const webAuthnSiteOf = ({ webAuthn: { rpId, origins } }: Pick<Config, 'webAuthn'>): WebAuthnSite => ({
  rpId,
  isAllowedOrigin: (origin) => isAllowedOrigin(origins, origin),
});
