/** X.509 certificates made on the spot, so that none is checked in, expires, or needs a tool. Just enough DER for TLS. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

function lengthOf(length: number): number[] {
  if (length < 128) return [length];
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  return Buffer.concat([Buffer.from([tag, ...lengthOf(length)]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text));
const octets = (content: Buffer): Buffer => der(0x04, content);
const yes = der(0x01, Buffer.of(0xff));
/** A bit string without unused bits. */
const bits = (content: Buffer): Buffer => der(0x03, Buffer.of(0), content);

const ecdsaWithSHA256 = sequence(oid('2a8648ce3d040302'));
const commonName = (name: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const authority = sequence(oid('551d13'), yes, octets(sequence(yes)));
const localhost = sequence(oid('551d11'), octets(sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)))));

export interface Certificate {
  name: string;
  cert: string;
  key: string;
  privateKey: KeyObject;
}

let serial = 1;

/** A certificate for localhost that the issuer signed, or an authority of its own where there is none. */
export function certificate(name: string, issuer?: Certificate): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  serial += 1;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(serial)),
    ecdsaWithSHA256,
    commonName(issuer?.name ?? name),
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(issuer === undefined ? authority : localhost)),
  );
  const signed = sequence(body, ecdsaWithSHA256, bits(sign('sha256', body, issuer?.privateKey ?? privateKey)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  const cert = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  return { name, cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, privateKey };
}
