/* Enketo by its controls; all in one go inside the page. */
export async function fill(page, answers) {
	return page.evaluate((a) => {
		const chosen = [], done = new Set();
		const event = (e, name) => e.dispatchEvent(new Event(name, { bubbles: true }));
		const set = (e, v) => {
			e.value = v;
			event(e, 'input');
			event(e, 'change');
		};
		const path = (e) => e.dataset.name || e.getAttribute('name');
		const hidden = (e) => e.closest('.disabled, .itemset-template, .or-repeat-info');
		const options = (p) => [...document.querySelectorAll(`#form .question input[data-name="${p}"], #form .question input[name="${p}"]`)]
			.filter((i) => !hidden(i) && i.value !== '');
		let turn = 0, e;
		const next = () => [...document.querySelectorAll('#form .question input, #form .question textarea, #form .question select')]
			.find((x) => path(x)?.startsWith('/data/') && !hidden(x) && !done.has(path(x)));

		while ((e = next())) {
			const p = path(e);
			done.add(p);
			turn++;
			if (p === '/data/head/sheet') {
				set(e, a.sheet.wrong);
				window.wrong = window.form.validateContent(window.form.view.$).then(() =>
					document.querySelector('.invalid-constraint')?.textContent ?? '');
				set(e, a.sheet.full.toLowerCase().replaceAll('-', ' '));
				chosen.push(e.value);
			} else if (p.endsWith('/keying') || p.includes('/photo-') || e.readOnly) {
				continue;
			} else if (e.dataset.typeXml === 'date' || e.type === 'date') {
				set(e, a.day);
				chosen.push(a.day);
			} else if (e.type === 'radio') {
				const o = options(p);
				let k = turn % 9 === 0 ? o.length - 1 : turn % Math.max(1, o.length - 1);
				if (p === '/data/head/group')
					k = a.serial % o.length;
				o[k].click();
				chosen.push(o[k].value);
			} else if (e.type === 'checkbox') {
				const o = options(p);
				if (o.some((x) => x.value === 'blank'))
					continue;
				o[0].click();
				o.at(-1).click();
				chosen.push(`${o[0].value} ${o.at(-1).value}`);
			} else if (e.tagName === 'SELECT') {
				const o = [...e.options].filter((x) => x.value !== '');
				set(e, o[1].value);
				chosen.push(o[1].value);
			} else if (e.hasAttribute('list')) {
				const o = [...document.getElementById(e.getAttribute('list')).querySelectorAll('option')]
					.filter((x) => (x.dataset.value ?? x.value) !== '' && !x.classList.contains('itemset-template'));
				set(e, o[1].dataset.value ?? o[1].value);
				chosen.push(e.value);
			} else if (e.type === 'number' || e.dataset.typeXml === 'decimal') {
				set(e, '3');
				chosen.push('3');
			} else {
				set(e, 'Tốt <&> ế');
				chosen.push(e.value);
			}
		}
		return chosen;
	}, answers);
}

export async function submit(page) {
	return page.evaluate(async () => {
		const ok = await window.form.validate();
		if (!ok) {
			const bad = [...document.querySelectorAll('.invalid-constraint, .invalid-required, .invalid-relevant')]
				.map((q) => q.innerText.slice(0, 200));
			throw new Error(`not valid: ${bad.join(' | ')}`);
		}
		return window.form.getDataStr({ irrelevant: false });
	});
}

/* Another option of the last question with options, and a photo. */
export async function change(page, photo) {
	const changed = await page.evaluate(() => {
		const names = [...new Set([...document.querySelectorAll('#form input[type=radio][data-name^="/data/ratings"], #form input[type=radio][name^="/data/ratings"]')]
			.map((i) => i.dataset.name || i.name))];
		const last = [...document.querySelectorAll('#form input[type=radio]')].filter((i) => (i.dataset.name || i.name) === names.at(-1) && i.value !== '');
		const other = last.find((i) => !i.checked && !i.value.startsWith('_'));
		other.click();
		return other.value;
	});
	await page.evaluate(() => window.form.pages?.flipToLast?.());
	const input = await page.$('#form input[type=file][name="/data/end-page/photo-1"], #form [data-name="/data/end-page/photo-1"][type=file]');
	await input.uploadFile(photo);
	await page.waitForFunction(() => /<photo-1[^>]*>[^<]+</.test(window.form.getDataStr({ irrelevant: false })), { timeout: 5000 });
	return changed;
}

export const files = (page) => page.evaluate(() => window.filesOf());
