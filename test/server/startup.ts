/** Loaded before the program: reports on stderr, line by line, what the start does and in which order. */
import { Ajv } from 'ajv';
import { Server, type AddressInfo } from 'node:net';

const report = (event: string): void => void process.stderr.write(`${event}\n`);

const compile = Reflect.get(Ajv.prototype, 'compile') as (...args: unknown[]) => unknown;
Object.assign(Ajv.prototype, {
  compile(this: Ajv, ...args: unknown[]): unknown {
    const validate = compile.apply(this, args);
    report('compiled');
    return validate;
  },
});

const listen = Reflect.get(Server.prototype, 'listen') as (...args: unknown[]) => Server;
Object.assign(Server.prototype, {
  listen(this: Server, ...args: unknown[]): Server {
    this.prependOnceListener('listening', () => {
      report(`listening ${(this.address() as AddressInfo).port}`);
    });
    return listen.apply(this, args);
  },
});
