/** The PersistentSubscriptions service. */
import type persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { AccessControl } from '../access/acl.ts';
import type { CallContext, CallAdapter } from '../calls/calls.ts';
import { accessDenied, shuttingDown, type Refusal } from '../wire/refusals.ts';
import { loginOf } from '../access/authentication.ts';
import { Groups, nameIn, type GroupsDependencies } from './groups.ts';
import { handlePersistentRead } from './read.ts';
import { parseCreate, parseUpdate } from './settings.ts';

type PersistentDependencies = GroupsDependencies & { readonly access: AccessControl; readonly calls: CallAdapter };

export function startPersistentSubscriptions(dependencies: PersistentDependencies) {
  const { access, calls } = dependencies;
  const groups = new Groups(dependencies);
  const operator =
    <Request, Response>(answer: (request: Request, context: CallContext) => Promise<Response | Refusal>) =>
    async (request: Request, context: CallContext) =>
      access.mayOperate(context.caller) ? answer(request, context) : accessDenied();
  return {
    handlers: {
      create: calls.unary(operator((request: persistent.CreateReq, { caller }) => groups.create(parseCreate(request), loginOf(caller)))),
      update: calls.unary(operator((request: persistent.UpdateReq, { caller }) => groups.update(parseUpdate(request), loginOf(caller)))),
      delete: calls.unary(operator((request: persistent.DeleteReq, { caller }) => groups.delete(nameIn(request.getOptions()), loginOf(caller)))),
      replayParked: calls.unary(operator((request: persistent.ReplayParkedReq) => groups.replayParked(request))),
      restartSubsystem: calls.unary(operator(() => groups.restart())),
      getInfo: calls.unary(async (request: persistent.GetInfoReq, { caller }) => {
        return access.isAuthenticated(caller) ? groups.info(nameIn(request.getOptions())) : accessDenied();
      }),
      list: calls.unary(async (request: persistent.ListReq, { caller }) => (access.isAuthenticated(caller) ? groups.list(request) : accessDenied())),
      read: calls.duplex(
        'read',
        handlePersistentRead((name) => groups.named(name), access),
      ),
    },
    [Symbol.asyncDispose]: () => groups.stopAll(shuttingDown),
  };
}
