import { createBucket, S3_KEYS, startS3Server } from '../servers/s3.ts';
import { testWith } from '../servers/availability.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { picturesAreShown } from './media-scenario.ts';

testWith('moto_server')('a picture is uploaded, prepared, published and shown, with a bucket for the bytes', async (t) => {
  t.timeout(120_000);
  await using s3 = await startS3Server();
  await createBucket(s3, 'pictures');
  await using folder = await temporaryFolder();
  const settings = {
    TIDINGS_MEDIA_S3_BUCKET: 'pictures',
    TIDINGS_MEDIA_S3_URL: s3.url,
    TIDINGS_MEDIA_S3_ACCESS_KEY: S3_KEYS.accessKey,
    TIDINGS_MEDIA_S3_SECRET_KEY: S3_KEYS.secretKey,
  };
  await using tidings = await startTidingsForTest(folder.path, settings);
  await picturesAreShown(t, { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN });
});
