/** What a replay is made of where no backup is named: a data folder, through whatever process has it open, or servers. */
import { resolve } from 'node:path';
import type { Config } from '../../../app/config/config.ts';
import type { ReplayOptions } from '../../../app/replay/replay.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { CliContext } from '../../context.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import { rateOf } from '../../rate.ts';
import { percent } from '../../terminal.ts';

export type ReplaySource = AsyncDisposable & Pick<ReplayOptions, 'backUp' | 'listErased'>;

type Asked = { readonly to: Instant | undefined; readonly reason: string };

/** Nothing is opened before it is asked for. */
export const replaySourceOf = (context: CliContext, config: Config, asked: Asked): ReplaySource =>
  config.servers === undefined ? folderOf(context, config) : serversOf(context, { ...config, servers: config.servers }, asked);

function folderOf({ connect, terminal }: CliContext, { eventStoreUrls }: Config): ReplaySource {
  const rate = rateOf();
  return {
    backUp: async (own) => {
      if (eventStoreUrls.length > 0)
        throw new CliFailure(
          EXIT.failed,
          'With TIDINGS_EVENTSTORE_URLS in the embedded profile the log is in those clusters, and no replay is made of that: npx tidings state and view --at tell what was so at a time.',
        );
      await using reached = await connect();
      const request = { folder: resolve(own.folder), erasedList: resolve(own.erasedList), media: 'left-out', vault: 'replay' } as const;
      for await (const line of reached.call('back-up', request))
        if (line.is === 'progress')
          terminal.progress(`copying the log: ${percent(line.head === 0 ? 1 : line.next / line.head)}${rate.left(line.next, line.head)}`);
    },
    listErased: async () => {
      await using reached = await connect();
      const pages = await Array.fromAsync(reached.call('list-erased', {}));
      return { installation: pages[0]?.installation ?? '', subjects: pages.flatMap(({ subjects }) => subjects) };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function serversOf(
  { terminal, interrupted }: CliContext,
  config: Config & { readonly servers: NonNullable<Config['servers']> },
  { to, reason }: Asked,
): ReplaySource {
  const rate = rateOf();
  const opened = new AsyncDisposableStack();
  const open = async () => {
    const { openReplayedServers } = await import('../../../app/replay/servers.ts');
    const onError = (component: string) => (error: unknown) => terminal.say(`${component}: ${String(error)}`);
    return opened.use(await openReplayedServers(config, { reason, signal: interrupted, onError }));
  };
  let opening: ReturnType<typeof open> | undefined;
  const reached = () => (opening ??= open());
  return {
    backUp: async (own) => {
      const servers = await reached();
      terminal.progress('looking for the end in the logs');
      await servers.backUp(own, { to, onCopied: (part) => terminal.progress(`copying the log: ${percent(part)}${rate.left(part, 1)}`) });
    },
    listErased: async () => await (await reached()).listErased(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
