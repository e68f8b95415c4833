/* ODK Web Forms by its controls.  What needs the keyboard or a list that
 * opens is done one by one; boxes to tick, many at a time. */

/* The next box that waits, after ticking and writing all that may be done on
 * the way to it. */
const next = (page, done, serial) => page.evaluate((seen, no) => {
	const chosen = [];
	for (const c of document.querySelectorAll('#form [id^="node:"][id$="_container"]')) {
		const all = (selector) => [...c.querySelectorAll(selector)];
		const one = (selector) => c.querySelector(selector);
		const label = one('label')?.textContent ?? '';
		const radios = all('input[type=radio]'), boxes = all('input[type=checkbox]');

		if (seen.includes(c.id))
			continue;
		seen.push(c.id);
		const turn = seen.length;
		if (radios.length) {
			let k = turn % 9 === 0 ? radios.length - 1 : turn % Math.max(1, radios.length - 1);
			if (/nhóm đối tượng/i.test(label))
				k = no % radios.length;
			radios[k].click();
			chosen.push(radios[k].value);
			if (/nhóm đối tượng/i.test(label))
				return { seen, chosen, kind: 'wait' };
		} else if (boxes.length && !boxes.some((b) => b.value === 'blank')) {
			return { seen, chosen, id: c.id, kind: 'boxes', values: boxes.map((b) => b.value) };
		} else if (one('textarea')) {
			one('textarea').value = 'Tốt <&> ế';
			one('textarea').dispatchEvent(new Event('input', { bubbles: true }));
			chosen.push('Tốt <&> ế');
		} else if (one('input[aria-haspopup=dialog]')) {
			return { seen, chosen, id: c.id, kind: 'date' };
		} else if (one('span[role=combobox]') && !/lần nhập/i.test(label)) {
			return { seen, chosen, id: c.id, kind: 'combobox' };
		} else if (/số phiếu/i.test(label)) {
			return { seen, chosen, id: c.id, kind: 'sheet' };
		} else if (one('input[type=text], input[type=number], input[inputmode=decimal]')) {
			return { seen, chosen, id: c.id, kind: 'number' };
		}
	}
	return { seen, chosen };
}, done, serial);

const css = (id) => `#${id.replace(/[^A-Za-z0-9_-]/g, (c) => `\\${c}`)}`;

async function type(page, selector, text) {
	await page.click(selector, { count: 3 });
	await page.keyboard.press('Backspace');
	await page.keyboard.type(text);
	await page.keyboard.press('Tab');
}

async function wrongNumberIsTold(page, box, answers) {
	await type(page, `${box} input`, answers.sheet.wrong);
	const told = await page.waitForFunction((b, words) => document.querySelector(b).innerText.includes(words),
		{ timeout: 5000 }, box, answers.bad).catch(() => null);
	if (!told)
		throw new Error('a wrong check digit is not told in Vietnamese');
}

async function choose(page, box) {
	await page.click(`${box} span[role=combobox]`);
	await page.waitForSelector('li[role=option]');
	await (await page.$$('li[role=option]'))[1].click();
	await page.waitForFunction((b) => document.querySelector(`${b} span[role=combobox]`).innerText.trim(), { timeout: 5000 }, box);
}

export async function fill(page, answers) {
	const chosen = [];
	let done = [];

	await page.waitForSelector('#form [id^="node:"][id$="_container"]');
	for (;;) {
		const c = await next(page, done, answers.serial);
		const box = c.id && css(c.id);

		done = c.seen;
		chosen.push(...c.chosen);
		if (c.kind === 'date') {
			const [y, m, d] = answers.day.split('-');
			await type(page, `${box} input`, `${m}/${d}/${y}`);
			await page.keyboard.press('Escape');
			chosen.push(answers.day);
		} else if (c.kind === 'sheet') {
			await wrongNumberIsTold(page, box, answers);
			await type(page, `${box} input`, answers.sheet.short);
			chosen.push(answers.sheet.short);
		} else if (c.kind === 'combobox') {
			await choose(page, box);
		} else if (c.kind === 'boxes') {
			for (const k of [0, c.values.length - 1])
				await page.evaluate((b, i) => document.querySelectorAll(`${b} input[type=checkbox]`)[i].click(), box, k);
			chosen.push(`${c.values[0]} ${c.values.at(-1)}`);
		} else if (c.kind === 'number') {
			await type(page, `${box} input`, '3');
			chosen.push('3');
		} else if (!c.chosen.length) {
			return chosen;
		}
	}
}

export async function submit(page) {
	await page.evaluate(() => [...document.querySelectorAll('button')].find((b) => /send|gửi/i.test(b.textContent)).click());
	const sent = await page.waitForFunction('window.sent', { timeout: 15000 }).catch(() => null);
	if (!sent)
		throw new Error(`not sent: ${await page.evaluate(() => document.querySelector('.form-error-message, .p-message-error')?.innerText ?? 'no reason shown')}`);
	const { status, xml } = await page.evaluate('window.sent');
	if (status !== 'ready')
		throw new Error(`payload is ${status}`);
	return xml;
}

/* Another option of the last question with options, and a photo. */
export async function change(page, photo) {
	await page.waitForSelector('#form input[type=radio]');
	const changed = await page.evaluate(() => {
		const boxes = [...document.querySelectorAll('#form [id^="node:"][id$="_container"]')].filter((c) => c.querySelector('input[type=radio]'));
		const other = [...boxes.at(-1).querySelectorAll('input[type=radio]')].find((i) => !i.checked && !i.value.startsWith('_'));
		other.click();
		return other.value;
	});
	await (await page.waitForSelector('#form input[type=file]')).uploadFile(photo);
	await page.waitForFunction(() => document.querySelector('#form img[src^="blob:"], #form img[src^="data:"]'), { timeout: 5000 }).catch(() => null);
	return changed;
}

export const files = (page) => page.evaluate(() => window.sent.files);
