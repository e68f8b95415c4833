/* OData documents: service, metadata (CSDL), rows. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/odata.h"
#include "phieu/xml.h"

#define EDMX_NS "http://docs.oasis-open.org/odata/ns/edmx"
#define EDM_NS	"http://docs.oasis-open.org/odata/ns/edm"

const char *odata_key(const struct dataset *d, const struct dataset_cell *cells,
		      char out[ODATA_KEY_MAX])
{
	(void)d;
	(void)snprintf(out, ODATA_KEY_MAX, "%.0f/%s",
		       cells[DATASET_RESPONDENT].x,
		       cells[DATASET_UNIT].value
			       ? cells[DATASET_UNIT].value->code
			       : "");
	return out;
}

/* ---- $select ------------------------------------------------------------- */

static bool pick(const struct dataset *d, const char *s, size_t n, bool *select)
{
	if (n == strlen(ODATA_KEY) && strncmp(s, ODATA_KEY, n) == 0)
		return select[d->n] = true;
	for (size_t i = 0; i < d->n; i++)
		if (strncmp(d->vars[i].name, s, n) == 0 && !d->vars[i].name[n])
			return select[i] = true;
	return false;
}

bool odata_select(const struct dataset *d, const char *s, bool *select,
		  struct err *e)
{
	bool all = !s || strcmp(s, "*") == 0;

	for (size_t i = 0; i <= d->n; i++)
		select[i] = all;
	while (!all && *s) {
		size_t n;

		s += strspn(s, " ,");
		n = strcspn(s, ", ");
		if (n == 0)
			break;
		if (!pick(d, s, n, select))
			return err_set(e, ERR_INPUT,
				       "$select: không có biến %.*s (no such "
				       "variable)",
				       (int)(n < 64 ? n : 64), s);
		s += n;
	}
	return true;
}

/* ---- metadata ------------------------------------------------------------ */

static const char *edm_type(const struct dataset_var *v)
{
	return v->kind == DATASET_NUMBER ? "Edm.Double" : "Edm.String";
}

static void property(struct xw *w, const char *name, const char *type,
		     bool null, const char *label)
{
	xw_start(w, "Property");
	xw_attr(w, "Name", name);
	xw_attr(w, "Type", type);
	if (!null)
		xw_attr(w, "Nullable", "false");
	if (label && *label) {
		xw_start(w, "Annotation");
		xw_attr(w, "Term", "Org.OData.Core.V1.Description");
		xw_attr(w, "String", label);
		xw_end(w);
	}
	xw_end(w);
	xw_line(w);
}

static void entity_type(struct xw *w, const struct dataset *d)
{
	xw_start(w, "EntityType");
	xw_attr(w, "Name", d->name);
	xw_start(w, "Key");
	xw_start(w, "PropertyRef");
	xw_attr(w, "Name", ODATA_KEY);
	xw_end(w);
	xw_end(w);
	xw_line(w);
	property(w, ODATA_KEY, "Edm.String", false, NULL);
	for (size_t i = 0; i < d->n; i++)
		property(w, d->vars[i].name, edm_type(&d->vars[i]), true,
			 d->vars[i].label);
	xw_end(w);
	xw_line(w);
}

void odata_metadata(const struct dataset *const *sets, size_t n,
		    struct buf *out)
{
	struct xw w;

	xw_init(&w, out);
	xw_head(&w);
	xw_start(&w, "edmx:Edmx");
	xw_attr(&w, "xmlns:edmx", EDMX_NS);
	xw_attr(&w, "Version", "4.0");
	xw_start(&w, "edmx:DataServices");
	xw_start(&w, "Schema");
	xw_attr(&w, "xmlns", EDM_NS);
	xw_attr(&w, "Namespace", "phieu");
	xw_line(&w);
	for (size_t i = 0; i < n; i++)
		entity_type(&w, sets[i]);
	xw_start(&w, "EntityContainer");
	xw_attr(&w, "Name", "data");
	for (size_t i = 0; i < n; i++) {
		xw_start(&w, "EntitySet");
		xw_attr(&w, "Name", sets[i]->name);
		xw_attrf(&w, "EntityType", "phieu.%s", sets[i]->name);
		xw_end(&w);
	}
	xw_end(&w);
	xw_end(&w);
	xw_end(&w);
	xw_end(&w);
	xw_line(&w);
}

/* Names and roots are plain: codes, letters, digits. */
void odata_service(const struct dataset *const *sets, size_t n,
		   const char *root, struct buf *out)
{
	char link[256];
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	(void)snprintf(link, sizeof link, "%s$metadata", root);
	jw_kv(&w, "@odata.context", link);
	jw_key(&w, "value");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		jw_object(&w);
		jw_kv(&w, "name", sets[i]->name);
		jw_kv(&w, "kind", "EntitySet");
		(void)snprintf(link, sizeof link, "%s%s", root, sets[i]->name);
		jw_kv(&w, "url", link);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
}

/* ---- rows ---------------------------------------------------------------- */

void odata_row(const struct dataset *d, const struct dataset_cell *cells,
	       const bool *select, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	if (select[d->n]) {
		char key[ODATA_KEY_MAX];

		jw_kv(&w, ODATA_KEY, odata_key(d, cells, key));
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct dataset_var *v = &d->vars[i];
		const struct dataset_cell *c = &cells[i];

		if (!select[i])
			continue;
		jw_key(&w, v->name);
		if (v->kind == DATASET_NUMBER)
			jw_double(&w, c->x);
		else if (v->kind == DATASET_TEXT)
			jw_text(&w, c->s);
		else
			jw_text(&w, c->value ? c->value->code : NULL);
	}
	jw_object_end(&w);
}
