/** About uploads of pictures and videos. */
import { NOBODY, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

const TUS = { 'tus-resumable': '1.0.0' };
const of = (length: string, headers: object = TUS): BadRequestBody => ({ headers: { ...headers, 'upload-length': length } });
const bytes = (offset: string, more: object = {}): BadRequestBody => ({
  raw: 'a',
  headers: { ...TUS, 'upload-offset': offset, 'content-type': 'application/offset+octet-stream', ...more },
});

export async function media(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const ada = await api.person();
  const unknown = `/v1/me/uploads/${NOBODY}`;
  return [
    ['an upload of nothing', ada, 'POST', '/v1/me/uploads', of('0'), 400, 'bad-request'],
    ['an upload without a length', ada, 'POST', '/v1/me/uploads', { headers: TUS }, 400, 'bad-request'],
    ['an upload by another protocol', ada, 'POST', '/v1/me/uploads', of('1', { 'tus-resumable': '0.2.2' }), 400, 'bad-request'],
    ['an upload too large', ada, 'POST', '/v1/me/uploads', of('999999999999'), 413, 'upload-too-large'],
    ['an upload by nobody', 'anonymous', 'POST', '/v1/me/uploads', of('1'), 401, 'token-missing'],
    ['bytes of no upload', ada, 'PATCH', unknown, bytes('0'), 404, 'media-unknown'],
    ['bytes from nowhere', ada, 'PATCH', unknown, bytes('-1'), 400, 'bad-request'],
    ['bytes of another media type', ada, 'PATCH', unknown, bytes('0', { 'content-type': 'image/jpeg' }), 400, 'bad-request'],
    ['an upload that isn’t there discarded', ada, 'DELETE', unknown, { headers: TUS }, 404, 'media-unknown'],
  ];
}
