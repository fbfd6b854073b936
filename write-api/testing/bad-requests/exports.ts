/** About exports. */
import { NOBODY, type BadRequest, type BadRequestsApi } from './bad-request.ts';

export async function exportsOfPeople(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, bob] = [await api.person(), await api.person()];
  const mine = `/v1/me/exports/${(await api.request(ada, 'POST', '/v1/me/exports')).body.id}`;
  return [
    ['an export of an unknown channel', ada, 'POST', `/v1/channels/${NOBODY}/exports`, {}, 404, 'channel-unknown'],
    ['an export of no channel', ada, 'POST', '/v1/channels/room/exports', {}, 400, 'bad-request'],
    ['an export with a wish', ada, 'POST', '/v1/me/exports', { body: { format: 'pdf' } }, 400, 'bad-request'],
    ['another’s export deleted', bob, 'DELETE', mine, {}, 404, 'export-unknown'],
    ['an unknown export deleted', ada, 'DELETE', `/v1/me/exports/${NOBODY}`, {}, 404, 'export-unknown'],
    ['no export deleted', ada, 'DELETE', '/v1/me/exports/7', {}, 400, 'bad-request'],
  ];
}
