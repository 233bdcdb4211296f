import { readFileSync } from 'node:fs';
import { BottleError } from '../contract/errors.js';

/** The PEM text of a file of certificates. @throws BottleError where there is none to be read */
export function readCertificates(path: string, where: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BottleError({
      code: 'manifest',
      message: `the certificate file ${path} can't be read`,
      where,
      hint: 'it holds PEM certificates; mend the path',
      cause,
    });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new BottleError({
    code: 'manifest',
    message: `${path} holds no PEM certificate`,
    where,
    hint: 'openssl x509 -in FILE -out FILE.pem turns DER into PEM',
  });
}
