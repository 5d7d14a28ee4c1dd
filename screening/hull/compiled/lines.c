/* Many lines at once, each in its own chemical system, in many samples of the energies: the phases of a system are picked
   from one table by the bits of its elements, and of each line come out a few numbers. What of it is physics is that of
   screening/hull/phase_system.py and screening/equilibrium/interface.py, which are the reference. */
#include "core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONLY_OPEN 1e-12 /* a phase with a smaller fraction of closed atoms consists of open elements only */
#define TOO_LOW -1e-9   /* a phase of open elements alone must not lie below this, eV/atom */
#define CLEAN 1e-6      /* amounts below this are rounding errors of a formula or of the program */
#define ZERO 1e-9       /* energies closer to zero than this, in eV/atom, count as zero */
#define ROOM 256        /* segments of a path */
#define MOST 128        /* elements there are, at most: two words of bits */

enum { NO_UNIT = -20, PRECIPITATES = -21, NOTHING_CLOSED = -22 };

/* Phases. Elements are numbered; the order of the numbers is that of the rows of a system. */
typedef struct {
    int64_t count, samples;
    const int64_t *starts, *elements; /* (count + 1), (starts[count]) */
    const double *fractions;          /* (starts[count]) */
    const uint64_t *bits;             /* (count, 2) elements of each phase */
    const int64_t *shelf_starts;      /* (MOST + 1) */
    const int64_t *shelves;           /* (count) every phase stands on the shelf of one of its elements, its rarest */
    const double *energies;           /* (samples, count) formation energies, eV/atom */
} Phases;

/* Lines between points (compositions), perhaps open to reservoirs. */
typedef struct {
    int64_t count, points, potentials_each;
    const int64_t *point_starts, *point_elements;
    const double *point_fractions;
    const double *own;             /* (samples, points) formation energies of the materials themselves, eV/atom, or NaN */
    const int64_t *from, *to;      /* (count) points; from -1: a place beside the other end, no simple mixture */
    const int64_t *reservoirs;     /* (count) -1: closed */
    const int64_t *open_starts, *open_elements;
    const double *potentials;      /* (samples, open elements of all reservoirs), eV relative to the reference */
    int64_t asked;                 /* element whose potential at the beginning of the line comes out, or -1 */
} Lines;

/* The phases of the mixture of lowest mutual energy of each line in each sample, where they are wanted. */
typedef struct {
    int64_t room;     /* phases of a line, at most */
    int32_t *phases;  /* (count, samples, room) at the lowest mutual energy, in the order of the table, -1 behind the last */
    double *amounts;  /* (count, samples, room) their shares of the (closed) atoms */
    int32_t *phases_total; /* the same at the lowest total energy; NULL if it is not wanted */
    double *amounts_total;
} Mixtures;

/* What comes out of a line in a sample; energies in eV per (closed) atom, x counted from `from` to `to`. */
enum { AT_FROM, AT_TO, MUTUAL, X_MUTUAL, TOTAL, X_TOTAL, SELF_FROM, SELF_TO, POTENTIAL, KINKS, FIELDS };

/* One chemical system with its open elements. */
typedef struct {
    int64_t m, n, only_open, open;
    int64_t row[MOST];             /* of a closed element; -1 - k of the k-th open one; MOST of one outside */
    int64_t *chosen, *unit;        /* (n + only_open) phases: columns, behind them those of open elements only; (m) */
    double *columns, *matrix, *costs, *share, *exchanged; /* exchanged: (n + only_open, open) open atoms per atom */
    int64_t room;
    void *block;
    uint64_t *marked;
} System;

static void bits_of(const int64_t *elements, int64_t n, uint64_t *bits) {
    for (int64_t i = 0; i < n; i++) bits[elements[i] / 64] |= (uint64_t)1 << (elements[i] % 64);
}

/* Pick the phases of some elements, in the order of the table, and make their columns. Returns 0 or a negative number. */
static int pick(const Phases *phases, const uint64_t *bits, const int64_t *open, int64_t n_open, System *s) {
    s->m = s->n = s->only_open = 0;
    s->open = n_open;
    for (int64_t e = 0; e < MOST; e++) {
        s->row[e] = MOST;
        int inside = (int)(bits[e / 64] >> (e % 64) & 1);
        for (int64_t k = 0; k < n_open; k++)
            if (open[k] == e) {
                s->row[e] = -1 - k;
                inside = 0;
            }
        if (inside) s->row[e] = s->m++;
    }
    if (!s->m) return NOTHING_CLOSED;
    int64_t words = (phases->count + 63) / 64, found = 0;
    memset(s->marked, 0, (size_t)words * sizeof(uint64_t));
    for (int64_t e = 0; e < MOST; e++) {
        if (s->row[e] == MOST) continue;
        for (int64_t k = phases->shelf_starts[e]; k < phases->shelf_starts[e + 1]; k++) {
            int64_t j = phases->shelves[k];
            if ((phases->bits[2 * j] & ~bits[0]) | (phases->bits[2 * j + 1] & ~bits[1])) continue;
            s->marked[j / 64] |= (uint64_t)1 << (j % 64);
            found++;
        }
    }
    const int64_t m = s->m, needed = found * (2 * m + n_open + 3) + m;
    if (needed > s->room) {
        free(s->block);
        s->room = 2 * needed;
        if (!(s->block = malloc((size_t)s->room * sizeof(double)))) return s->room = 0, NO_MEMORY;
    }
    double *next = s->block;
    s->columns = next, next += found * m;
    s->matrix = next, next += found * m;
    s->costs = next, next += found;
    s->share = next, next += found;
    s->exchanged = next, next += found * n_open;
    s->chosen = (int64_t *)(void *)next, next += found;
    s->unit = (int64_t *)(void *)next;
    for (int64_t word = 0; word < words; word++)
        for (int64_t j = word * 64; s->marked[word]; s->marked[word] >>= 1, j++) {
            if (!(s->marked[word] & 1)) continue;
            int64_t last = found - 1 - s->only_open;
            double closed = 0.0;
            for (int64_t z = phases->starts[j]; z < phases->starts[j + 1]; z++)
                if (s->row[phases->elements[z]] >= 0) closed += phases->fractions[z];
            int64_t at = closed < ONLY_OPEN ? last : s->n;
            double *column = s->columns + at * m, *given = s->exchanged + at * n_open;
            for (int64_t i = 0; i < n_open; i++) given[i] = 0.0;
            for (int64_t i = 0; i < m; i++) column[i] = 0.0;
            for (int64_t z = phases->starts[j]; z < phases->starts[j + 1]; z++) {
                int64_t row = s->row[phases->elements[z]];
                if (row >= 0)
                    column[row] = phases->fractions[z] / closed;
                else
                    given[-1 - row] = phases->fractions[z];
            }
            s->chosen[at] = j;
            s->share[at] = closed;
            if (closed < ONLY_OPEN)
                s->only_open++;
            else
                s->n++;
        }
    for (int64_t i = 0; i < m; i++) {
        s->unit[i] = -1;
        for (int64_t j = s->n - 1; j >= 0; j--)
            if ((s->matrix[i * s->n + j] = s->columns[j * m + i]) == 1.0) s->unit[i] = j;
        if (s->unit[i] < 0) return NO_UNIT;
    }
    return 0;
}

/* Price the columns of a system with the energies of a sample. Returns 0 or PRECIPITATES. */
static int price_system(System *s, const double *energies, const double *potentials) {
    for (int64_t at = 0; at < s->n + s->only_open; at++) {
        double grand = energies[s->chosen[at]];
        for (int64_t k = 0; k < s->open; k++) grand -= potentials[k] * s->exchanged[at * s->open + k];
        if (at < s->n)
            s->costs[at] = grand / s->share[at];
        else if (grand < TOO_LOW)
            return PRECIPITATES;
    }
    return 0;
}

/* A point as fractions of the closed atoms; returns its closed atoms per atom. */
static double place(const Lines *lines, const System *s, int64_t point, double *vector) {
    double closed = 0.0;
    for (int64_t i = 0; i < s->m; i++) vector[i] = 0.0;
    for (int64_t z = lines->point_starts[point]; z < lines->point_starts[point + 1]; z++) {
        int64_t row = s->row[lines->point_elements[z]];
        if (row < 0) continue;
        vector[row] = lines->point_fractions[z];
        closed += lines->point_fractions[z];
    }
    for (int64_t i = 0; i < s->m && closed > 0.0; i++) vector[i] /= closed;
    return closed;
}

/* A material's own energy per closed atom, as Reactant.grand_energy. */
static double own_energy(const Lines *lines, const System *s, int64_t point, double own, const double *potentials,
                         double closed) {
    for (int64_t z = lines->point_starts[point]; z < lines->point_starts[point + 1]; z++) {
        int64_t row = s->row[lines->point_elements[z]];
        if (row < 0) own -= potentials[-1 - row] * lines->point_fractions[z];
    }
    return own / closed;
}

/* The lowest of some energies, and the first place where it is met but for rounding, as screening.common.ties. */
static int64_t first_lowest(const double *energies, int64_t n, double *lowest) {
    *lowest = INFINITY;
    for (int64_t k = 0; k < n; k++) *lowest = fmin(*lowest, energies[k]);
    for (int64_t k = 0; k < n; k++)
        if (energies[k] <= *lowest + ZERO) return k;
    return 0;
}

static double zeroed(double energy) { return fabs(energy) < ZERO ? 0.0 : energy; }

/* Fill the record of a line from its path, and say at which kinks the mutual and the total energy are lowest. */
static void describe(const Program *p, const Path *path, double own_from, double own_to, int64_t asked, double *record,
                     double *energies, int64_t kinks[2]) {
    const int64_t m = p->m, s = path->count;
    double *mutual = energies + s + 1, *total = mutual + s + 1;
    for (int64_t k = 0; k <= s; k++) {
        const int64_t at = (k < s ? k : s - 1) * m;
        const double *amounts = (k < s ? path->at_start : path->at_stop) + at;
        energies[k] = 0.0;
        for (int64_t i = 0; i < m; i++) energies[k] += amounts[i] * p->costs[path->bases[at + i]];
    }
    for (int64_t k = 0; k <= s; k++) {
        double x = path->t[k];
        mutual[k] = zeroed(energies[k] - x * energies[s] - (1.0 - x) * energies[0]);
        total[k] = zeroed(energies[k] - x * own_to - (1.0 - x) * own_from);
    }
    int64_t mutually = kinks[0] = first_lowest(mutual, s + 1, record + MUTUAL);
    int64_t totally = kinks[1] = first_lowest(total, s + 1, record + TOTAL);
    record[AT_FROM] = energies[0];
    record[AT_TO] = energies[s];
    record[X_MUTUAL] = path->t[mutually];
    record[X_TOTAL] = path->t[totally];
    record[SELF_FROM] = energies[0] - own_from;
    record[SELF_TO] = energies[s] - own_to;
    if (isnan(own_from + own_to)) record[TOTAL] = record[X_TOTAL] = NAN;
    record[POTENTIAL] = asked < 0 ? NAN : path->duals[asked];
    record[KINKS] = (double)(s + 1);
}

/* Write down the phases at a kink and their shares, without those whose amounts are rounding errors, as
   PhaseSystem.assemble. */
static void list_phases(const System *s, const Path *path, int64_t kink, int32_t *phases, double *amounts) {
    const int64_t m = s->m, at = (kink < path->count ? kink : path->count - 1) * m;
    const double *held = (kink < path->count ? path->at_start : path->at_stop) + at;
    int64_t found = 0;
    double sum = 0.0;
    for (int64_t i = 0; i < m; i++)
        if (held[i] > CLEAN) {
            int32_t phase = (int32_t)s->chosen[path->bases[at + i]];
            int64_t k = found++;
            for (; k > 0 && phases[k - 1] > phase; k--) {
                phases[k] = phases[k - 1];
                amounts[k] = amounts[k - 1];
            }
            phases[k] = phase;
            sum += amounts[k] = held[i];
        }
    for (int64_t k = 0; k < found; k++) amounts[k] /= sum;
}

/* Memory of one call, and what is known from the line before. */
typedef struct {
    System system;
    Work work;
    Path path;
    uint64_t bits[4];          /* of all elements of the system, and of the open ones */
    int known;                 /* whether `basis` is feasible at `feasible` */
    int64_t *basis;
    double *feasible, *start, *stop, *energies;
    void *block;
} Memory;

static int enlarge(Memory *y) {
    const int64_t m = y->system.m;
    release(&y->work);
    free(y->block);
    y->block = NULL;
    y->known = 0;
    if (prepare(&y->work, m, y->system.n, ROOM)) return NO_MEMORY;
    double *next = y->block = malloc((size_t)(4 * m + 4 * (ROOM + 1) + 4 * ROOM * m) * sizeof(double));
    if (!next) return NO_MEMORY;
    y->basis = (int64_t *)(void *)next, next += m;
    y->feasible = next, next += m;
    y->start = next, next += m;
    y->stop = next, next += m;
    y->energies = next, next += 3 * (ROOM + 1);
    y->path.t = next, next += ROOM + 1;
    y->path.at_start = next, next += ROOM * m;
    y->path.at_stop = next, next += ROOM * m;
    y->path.duals = next, next += ROOM * m;
    y->path.bases = (int64_t *)(void *)next;
    return 0;
}

/* Make the system of a line, unless it is that of the line before. */
static int enter(const Phases *phases, const Lines *lines, int64_t line, Memory *y) {
    const int64_t ends[] = {lines->from[line], lines->to[line]}, reservoir = lines->reservoirs[line];
    uint64_t bits[4] = {0, 0, 0, 0};
    const int64_t *open = reservoir < 0 ? NULL : lines->open_elements + lines->open_starts[reservoir];
    const int64_t n_open = reservoir < 0 ? 0 : lines->open_starts[reservoir + 1] - lines->open_starts[reservoir];
    for (int end = 0; end < 2; end++)
        if (ends[end] >= 0) {
            int64_t first = lines->point_starts[ends[end]];
            bits_of(lines->point_elements + first, lines->point_starts[ends[end] + 1] - first, bits);
        }
    bits_of(open, n_open, bits);
    bits_of(open, n_open, bits + 2);
    if (y->system.m && !memcmp(bits, y->bits, sizeof bits)) return 0;
    y->bits[0] = y->bits[1] = 0; /* of no system, if this fails */
    int failed = pick(phases, bits, open, n_open, &y->system);
    if (failed || (failed = enlarge(y))) return y->system.m = 0, failed;
    memcpy(y->bits, bits, sizeof bits);
    return 0;
}

/* Compute one line in one sample; 0 or a negative number. Without mixtures, none is written down. */
static int compute(const Phases *phases, const Lines *lines, int64_t line, int64_t sample, Memory *y, double *record,
                   const Mixtures *mixtures) {
    System *s = &y->system;
    const int64_t m = s->m, from = lines->from[line], to = lines->to[line], reservoir = lines->reservoirs[line];
    const double *potentials = lines->potentials + sample * lines->potentials_each;
    if (reservoir >= 0) potentials += lines->open_starts[reservoir];
    double closed_from = 1.0, closed_to = place(lines, s, to, y->stop), sum = 0.0;
    if (from >= 0)
        closed_from = place(lines, s, from, y->start);
    else { /* beside the other end, as PhaseSystem.mixture */
        for (int64_t i = 0; i < m; i++) sum += y->start[i] = y->stop[i] + 1e-3 * exp((double)i / (double)m);
        for (int64_t i = 0; i < m; i++) y->start[i] /= sum;
    }
    if (!(closed_from > 0.0 && closed_to > 0.0)) return NOTHING_CLOSED;
    if (mixtures && m > mixtures->room) return NO_ROOM;
    if (price_system(s, phases->energies + sample * phases->count, potentials)) return PRECIPITATES;
    const Program p = {m, s->n, s->matrix, s->columns, s->costs};
    int failed = -1;
    if (y->known) failed = follow(&p, &y->work, y->feasible, y->basis, y->start, y->stop, &y->path);
    if (failed) { /* from the unit columns, at a place where no amount is zero */
        for (int64_t i = 0; i < m; i++)
            y->feasible[i] = y->start[i] + INSIDE * (y->stop[i] - y->start[i]) + 1e-4 * exp((double)i / (double)m);
        memcpy(y->basis, s->unit, (size_t)m * sizeof(int64_t));
        failed = follow(&p, &y->work, y->feasible, y->basis, y->start, y->stop, &y->path);
    }
    y->known = !failed;
    if (failed) return failed;
    memcpy(y->feasible, y->work.middle, (size_t)m * sizeof(double));
    const double *own = lines->own + sample * lines->points;
    double own_from = from < 0 ? NAN : own_energy(lines, s, from, own[from], potentials, closed_from);
    int64_t asked = lines->asked < 0 || s->row[lines->asked] >= m ? -1 : s->row[lines->asked];
    double own_to = own_energy(lines, s, to, own[to], potentials, closed_to);
    int64_t kinks[2];
    describe(&p, &y->path, own_from, own_to, asked, record, y->energies, kinks);
    if (mixtures) {
        const int64_t at = (line * phases->samples + sample) * mixtures->room;
        list_phases(s, &y->path, kinks[0], mixtures->phases + at, mixtures->amounts + at);
        if (mixtures->phases_total)
            list_phases(s, &y->path, kinks[1], mixtures->phases_total + at, mixtures->amounts_total + at);
    }
    return 0;
}

/* Compute all lines in all samples. records: (count, samples, FIELDS), NaN where a line could not be computed but for KINKS,
   which then is a negative number. mixtures: what to fill, every phase -1 before; NULL for none. Lines of one system that
   follow each other share its columns. */
PUBLIC int64_t core_lines(const Phases *phases, const Lines *lines, double *records, const Mixtures *mixtures) {
    Memory y;
    int64_t failures = 0;
    memset(&y, 0, sizeof y);
    if (!(y.system.marked = malloc((size_t)(phases->count / 64 + 1) * sizeof(uint64_t)))) return NO_MEMORY;
    for (int64_t line = 0; line < lines->count; line++) {
        int outside = enter(phases, lines, line, &y);
        for (int64_t sample = 0; sample < phases->samples; sample++) {
            double *record = records + (line * phases->samples + sample) * FIELDS;
            for (int field = 0; field < FIELDS; field++) record[field] = NAN;
            int failed = outside ? outside : compute(phases, lines, line, sample, &y, record, mixtures);
            failures += failed != 0;
            if (failed) record[KINKS] = failed;
        }
    }
    release(&y.work);
    free(y.block);
    free(y.system.block);
    free(y.system.marked);
    return failures;
}
