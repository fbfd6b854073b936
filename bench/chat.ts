/**
 * Chat from socket to socket beside a bare `ws` relay that stores nothing, in one run: the server runs in one process on one core, the
 * load in another. Tidings' messages are durable before they are delivered and the relay's never are, so the relay is the floor and not
 * a peer. `npx node bench/chat.ts [--quick]`; the figures are goals, never assertions.
 */
import { cpus } from 'node:os';
import { benchGroups } from './chat/groups.ts';
import { benchHistory } from './chat/history.ts';
import { benchIdle } from './chat/idle.ts';
import { benchOneToOne } from './chat/one-to-one.ts';
import { isPinned } from './chat/server-process.ts';
import { BODY_BYTES, SECONDS } from './chat/sizes.ts';

const placement = isPinned ? 'server and load on a core each' : 'not pinned';
console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${placement}; bodies of ${BODY_BYTES} bytes; ${SECONDS} s a rate\n`);
await benchOneToOne();
await benchGroups();
await benchIdle();
await benchHistory();
