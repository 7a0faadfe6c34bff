"""The procedures of a Praat script: the common ones, and the one that reads a table's contours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.analyses.measures import Measure


def curve(measures: Iterable[Measure]) -> Iterator[str]:
    """Yield the procedure that reads these contour measures at a time, each with its own Praat query."""
    yield from ("procedure curve: .measure$, .time", "    .value = undefined")
    for one in measures:
        yield f'    if .measure$ = "{one.key}" and .time >= xmin and .time <= xmax'
        yield f"        selectObject: {one.analysis or 'sound'}"
        yield f"        .value = {one.praat}"
        yield "    endif"
    yield "endproc"


PROCEDURES = """
# --- how an interval is measured

procedure interval: .tier$, .label$, .start, .end
    rows$ = ""
    row$ = head$ + "," + .tier$ + "," + .label$ + "," + string$ (.start) + "," + string$ (.end)
    for m to measures
        if kind$ [m] = "duration"
            @row: m, 0, undefined, undefined, .end - .start
        elsif kind$ [m] = "moments"
            @moments: .start, .end
            @row: m, 0, undefined, undefined, moment [measure$ [m]]
            for p to points
                @moments: .start + (.end - .start) * (p - 1) / points, .start + (.end - .start) * p / points
                @point: m, p, .start, .end, moment [measure$ [m]]
            endfor
        elsif kind$ [m] = "peaks"
            @peak: envelope, .start, .end
            .time = peak.time
            if measure$ [m] = "peak_time"
                .value = .time - .start
            else
                @peak: output, .start, .end
                .value = .time - peak.time
            endif
            .part = undefined
            if .end > .start
                .part = (.time - .start) / (.end - .start)
            endif
            @row: m, 0, .time, .part, .value
        else
            for p to points
                .time = .start + (.end - .start) * (p - 0.5) / points
                @curve: measure$ [m], .time
                @point: m, p, .start, .end, curve.value
            endfor
        endif
    endfor
    appendFile: table$, rows$
endproc

# The samples whose centres lie from .from up to but not at .to, as a power spectrum cut to the band;
# at least 8 of the layer's own.
procedure moments: .from, .to
    moment ["cog"] = undefined
    moment ["sd"] = undefined
    moment ["skewness"] = undefined
    moment ["kurtosis"] = undefined
    .a = max (.from, xmin)
    .b = min (.to, xmax)
    .own = (min (.to, own_end) - max (.from, own_start)) * own_rate
    if .b > .a and (.b - .a) / dx >= 8 and .own >= 8
        .first = max (1, ceiling ((.a - x1) / dx - 1e-9) + 1)
        .last = min (nx, ceiling ((.b - x1) / dx - 1e-9))
        selectObject: sound
        .part = Extract part: x1 + (.first - 1.5) * dx, x1 + (.last - 0.5) * dx, "rectangular", 1, "no"
        .spectrum = To Spectrum: "yes"
        Formula: "if x < low - 1e-9 or x > high + 1e-9 then 0 else self fi"
        moment ["cog"] = Get centre of gravity: power
        moment ["sd"] = Get standard deviation: power
        moment ["skewness"] = Get skewness: power
        moment ["kurtosis"] = Get kurtosis: power
        removeObject: .part, .spectrum
    endif
endproc

# The time of the highest peak of an envelope between two times.
procedure peak: .envelope, .from, .to
    .time = undefined
    selectObject: .envelope
    .x1 = Get time from sample number: 1
    .dx = Get sampling period
    .nx = Get number of samples
    .low = max (0, ceiling ((.from - .x1) / .dx))
    .high = min (.nx - 1, floor ((.to - .x1) / .dx))
    if .high >= .low and .to > .from
        .time = Get time of maximum: .from, .to, "parabolic"
    endif
endproc

# The distance from the mean, smoothed by a Gaussian of this standard deviation.
procedure envelope: .sound, .smoothing, .rate
    selectObject: .sound
    .start = Get start time
    .end = Get end time
    .n = Get number of samples
    envelope.mean = Get mean: 0, 0, 0
    .envelope = Copy: "envelope"
    Formula: "abs (self - envelope.mean)"
    envelope.width = .smoothing * .rate
    envelope.rate = .rate
    .reach = min (ceiling (4 * envelope.width), .n - 1)
    if envelope.width >= 0.1 and .reach >= 1
        .away = .envelope
        .half = (.reach + 0.5) / .rate
        .bell = Create Sound from formula: "bell", 1, -.half, .half, .rate,
        ... "exp (-0.5 * (x * envelope.rate / envelope.width) ^ 2)"
        selectObject: .away, .bell
        .smooth = Convolve: "sum", "zero"
        .envelope = Extract part: .start, .end, "rectangular", 1, "yes"
        removeObject: .away, .bell, .smooth
    endif
endproc

# --- how a value is written

procedure point: .m, .p, .start, .end, .value
    .part = (.p - 0.5) / points
    @row: .m, .p, .start + (.end - .start) * .part, .part, .value
endproc

procedure row: .m, .p, .time, .part, .value
    .point$ = ""
    if .p > 0
        .point$ = string$ (.p)
    endif
    @cell: .time
    .time$ = cell.text$
    @cell: .part
    .part$ = cell.text$
    @cell: .value
    rows$ = rows$ + row$ + "," + measure$ [.m] + "," + .point$ + "," + .time$ + "," + .part$
    ... + "," + cell.text$ + "," + unit$ [.m] + newline$
    values = values + 1
endproc

procedure cell: .value
    .text$ = ""
    if .value <> undefined
        .text$ = string$ (.value)
    endif
endproc
"""
