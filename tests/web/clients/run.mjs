/* Opens every form of a collector in ODK Web Forms and in Enketo, in a real
 * browser, fills it by its controls, and sends what the client made of it.
 *
 * usage: node run.mjs BUNDLES OUT_DIR BASE_URL...     (…/v1/key/KEY)
 *
 * As OpenRosa has it: formList, form, manifest, media, HEAD and POST; 201 and
 * a valid sheet are wanted.  What was sent is kept in OUT_DIR as CLIENT.ID.xml.
 * Prints a line a form and client; exit 1 when one failed. */
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import * as enketo from './fill_enketo.mjs';
import * as odk from './fill_odk.mjs';

const [bundles, out, ...collectors] = process.argv.slice(2);
const CLIENTS = { odk, enketo };
const OPENROSA = { 'X-OpenRosa-Version': '1.0' };
const xmlOf = (text) => text.replace(/<!--[^]*?-->/g, '');
const all = (text, re) => [...xmlOf(text).matchAll(re)].map((m) => m[1]);
const unescape = (s) => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');

function fail(why) {
	throw new Error(why);
}

/* ---- where forms come from, where answers go ---- */
async function get(url) {
	const r = await fetch(url, { headers: OPENROSA });
	if (r.status !== 200 || !r.headers.get('content-type').includes('text/xml') && !url.endsWith('.csv'))
		fail(`GET ${url}: ${r.status} ${r.headers.get('content-type')}`);
	return r.text();
}

async function formsOf(where) {
	const list = await get(`${where}/formList`);
	const forms = [];
	for (const x of all(list, /<xform>([^]*?)<\/xform>/g)) {
		const one = (tag) => all(x, new RegExp(`<${tag}>([^<]*)</${tag}>`, 'g')).map(unescape)[0];
		const media = {};
		if (one('manifestUrl'))
			for (const m of all(await get(one('manifestUrl')), /<mediaFile[^>]*>([^]*?)<\/mediaFile>/g)) {
				const name = unescape(all(m, /<filename>([^<]*)</g)[0]);
				media[name] = await get(unescape(all(m, /<downloadUrl>([^<]*)</g)[0]));
			}
		forms.push({ id: one('formID'), xml: await get(one('downloadUrl')), media });
	}
	return forms;
}

async function send(where, client, form, sent, files = []) {
	fs.writeFileSync(path.join(out, `${client}.${form.id}${files.length ? '.edit' : ''}.xml`), sent);
	const head = await fetch(`${where}/submission`, { method: 'HEAD', headers: OPENROSA });
	if (head.status !== 204)
		fail(`HEAD submission: ${head.status}`);
	const body = new FormData();
	body.append('xml_submission_file', new Blob([sent], { type: 'text/xml' }), 'submission.xml');
	for (const f of files)
		body.append(f.name, new Blob([Buffer.from(f.base64, 'base64')], { type: f.type }), f.name);
	const r = await fetch(`${where}/submission`, { method: 'POST', headers: OPENROSA, body });
	const text = await r.text();
	if (r.status !== 201)
		fail(`POST submission: ${r.status} ${text}`);
	/* stored but not valid is 201 too: the words tell */
	if (/\bV\d\d\b/.test(text)) /* not a receipt that has V67 in it */
		fail(`the sheet is not valid: ${text}`);
}

/* ---- what to answer ---- */
const DAMM = ['0317598642', '7092154863', '4206871359', '1750983426', '6123045978', '3674209581', '5869720134', '8945362017', '9438617205', '2581436790'];

function sheetNumber(example, serial) {
	const prefix = example.split('-')[0];
	const digits = String(serial).padStart(5, '0');
	let state = 0;
	for (const c of prefix + digits) {
		const n = c >= 'A' ? c.charCodeAt(0) - 65 : -1;
		const steps = n < 0 ? c : `${Math.floor(n / 10)}${n % 10}`;
		for (const d of steps)
			state = Number(DAMM[state][d]);
	}
	return { full: `${prefix}-${digits}-${state}`, wrong: `${digits}${(state + 1) % 10}`, short: `${digits}${state}` };
}

function answersFor(form, serial) {
	const example = all(form.xml, /\(([A-Z0-9]+-\d{5}-\d)\)/g)[0] ?? fail('no example of a sheet number');
	const day = all(form.xml, /\.&gt;=date\('([0-9-]+)'\)/g)[0] ?? fail('no first day');
	return { serial, sheet: sheetNumber(example, serial), day, bad: 'Số phiếu không đúng' };
}

/* Every value chosen stands in what is sent, in the same order, under the
 * same name; meta is whole; nothing is sent that was not put. */
function check(form, sent, chosen) {
	const leaves = [...sent.matchAll(/<([A-Za-z_][\w.-]*)(?: [^>]*)?>([^<]*)<\/\1>/g)]
		.map((m) => [m[1], unescape(m[2]).trim().replace(/^(\d+)\.0$/, '$1')]);
	for (const name of ['instanceID', 'instanceName', 'start', 'end', 'deviceid'])
		if (!leaves.some(([n, v]) => n === name && v))
			fail(`${name} is missing in ${sent}`);
	const got = leaves.filter(([, v]) => chosen.values.has(v)).map(([, v]) => v);
	const want = chosen.order;
	let at = 0;
	for (const v of got)
		if (v === want[at])
			at++;
	if (at !== want.length)
		fail(`chosen value ${at + 1} of ${want.length} (${want[at]}) was not sent: ${sent}`);
	if (!sent.includes(`id="${form.id}"`))
		fail('the id of the form is missing');
}

/* ---- the browser ---- */
function serve() {
	const types = { '.js': 'text/javascript', '.html': 'text/html; charset=utf-8' };
	const server = http.createServer((request, response) => {
		const name = path.basename(request.url);
		const file = path.join(bundles, name);
		if (name.endsWith('.html')) {
			response.setHeader('Content-Type', types['.html']);
			response.end(`<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="form"></div><script type="module" src="/${name.replace('.html', '.js')}"></script>`);
		} else if (name.endsWith('.js') && fs.existsSync(file)) {
			response.setHeader('Content-Type', types['.js']);
			response.end(fs.readFileSync(file));
		} else {
			response.statusCode = 404;
			response.end();
		}
	});
	return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

async function one(browser, port, where, client, form, serial) {
	const page = await browser.newPage();
	const errors = [];
	page.on('pageerror', (e) => errors.push(String(e)));
	try {
		await page.goto(`http://127.0.0.1:${port}/${client}.html`);
		await page.waitForFunction('window.openForm');
		const began = Date.now();
		const loading = await page.evaluate((xml, media) => window.openForm(xml, media), form.xml, form.media);
		if (loading?.length)
			fail(`does not load: ${loading.join('; ')}`);
		const chosen = await CLIENTS[client].fill(page, answersFor(form, serial));
		const sent = await CLIENTS[client].submit(page);
		check(form, sent, { order: chosen, values: new Set(chosen) });
		if (errors.length)
			fail(errors.join('; '));
		await send(where, client, form, sent);
		console.log(`ok ${client} ${form.id}: ${chosen.length} answers, ${Date.now() - began} ms`);
		return sent;
	} catch (e) {
		console.log(`FAILED ${client} ${form.id}: ${e.message}`);
		return false;
	} finally {
		await page.close();
	}
}

/* ---- a sheet opened again ---- */
const metaOf = (xml, name) => all(xml, new RegExp(`<(?:orx:)?${name}[^>]*>([^<]*)<`, 'g'))[0];

/* Opens what was sent, changes one answer, adds a photo of the sheet, sends it
 * as an edit: the instanceID is a new one, the old one stands as deprecatedID,
 * every other answer is as it was, and the file goes with it. */
async function edit(browser, port, where, client, form, first, photo) {
	const page = await browser.newPage();
	const errors = [];
	page.on('pageerror', (e) => errors.push(String(e)));
	try {
		await page.goto(`http://127.0.0.1:${port}/${client}.html`);
		await page.waitForFunction('window.openForm');
		const loading = await page.evaluate((xml, media, was) => window.openForm(xml, media, was), form.xml, form.media, first);
		if (loading?.length)
			fail(`does not load: ${loading.join('; ')}`);
		const changed = await CLIENTS[client].change(page, photo);
		const sent = await CLIENTS[client].submit(page);
		const files = await CLIENTS[client].files(page);
		if (metaOf(sent, 'deprecatedID') !== metaOf(first, 'instanceID'))
			fail(`deprecatedID is ${metaOf(sent, 'deprecatedID')}`);
		if (metaOf(sent, 'instanceID') === metaOf(first, 'instanceID'))
			fail('the instanceID is the old one');
		const leaves = (xml) => [...xml.matchAll(/<([A-Za-z_][\w.-]*)(?: [^>]*)?>([^<]*)<\/\1>/g)].map((m) => `${m[1]}=${m[2].trim()}`)
			.filter((l) => !/^(instanceID|deprecatedID|end|start|deviceid|instanceName|photo-\d)=/.test(l) && !l.endsWith('='));
		const [was, now] = [leaves(first), leaves(sent)];
		const other = now.filter((l, i) => l !== was[i]);
		if (was.length !== now.length || other.length !== 1 || !other[0].endsWith(`=${changed}`))
			fail(`more was changed than one answer: ${other.join(', ')}`);
		if (files.length !== 1 || metaOf(sent, 'photo-1') !== files[0].name)
			fail(`the photo is ${files.map((f) => f.name)}, the sheet says ${metaOf(sent, 'photo-1')}`);
		if (Buffer.from(files[0].base64, 'base64').compare(fs.readFileSync(photo)) !== 0)
			fail('the photo is not the one that was chosen');
		if (errors.length)
			fail(errors.join('; '));
		await send(where, client, form, sent, files);
		console.log(`ok ${client} ${form.id}: edited, with a photo`);
		return true;
	} catch (e) {
		console.log(`FAILED ${client} ${form.id}, edited: ${e.message}`);
		return false;
	} finally {
		await page.close();
	}
}

/* The smallest picture that is one: 1×1, red. */
const photo = path.join(out, 'phieu.png');
fs.writeFileSync(photo, Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC', 'base64'));

const server = await serve();
const browser = await puppeteer.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	headless: true,
	args: ['--no-sandbox', '--lang=vi', '--disable-gpu', '--disable-dev-shm-usage'],
});
let failed = 0;
try {
	let serial = 101;
	for (const where of collectors) {
		const forms = await formsOf(where);
		if (!forms.length)
			fail(`no forms at ${where.replace(/key\/.*/, 'key/…')}`);
		for (const form of forms)
			for (const client of Object.keys(CLIENTS))
			{
				const port = server.address().port;
				const sent = await one(browser, port, where, client, form, serial++);
				failed += !sent;
				/* one form for each client is opened again */
				if (sent && form.id.includes('~CT-03~'))
					failed += !(await edit(browser, port, where, client, form, sent, photo));
			}
	}
} finally {
	await browser.close();
	server.close();
}
process.exit(failed ? 1 : 0);
