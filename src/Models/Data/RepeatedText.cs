using Vitrine.Tensors;

namespace Vitrine.Models.Data;

/// <summary>Windows of text that partly repeat themselves, so that looking back pays.</summary>
/// <remarks>
/// Of a window of T tokens, and the target after the last, either the second half becomes the
/// first again, or a passage of n tokens, with n drawn from T/16 … T/2, is written once more over
/// what stands after it: where it begins and how far on is drawn too, so that neither its
/// length nor its distance tells where to look. Which windows, and how, follows from the seed and
/// the number of the window alone.
/// </remarks>
internal sealed class RepeatedText(IReadOnlyList<RepeatPhase> phases, ulong seed)
{
    private const ulong Stream = 0x52657065;
    private const ulong Draws = 5;
    private static readonly RepeatPhase Natural = new(0, 0);
    private readonly CounterRandom _random = new(seed, Stream);

    /// <summary>Repeats some of the windows of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="firstWindow">The number of the first window.</param>
    /// <param name="context">Tokens in a window.</param>
    /// <param name="inputs">The windows, one after the other.</param>
    /// <param name="targets">The token after each.</param>
    public void Apply(int step, long firstWindow, int context, Span<int> inputs, Span<int> targets)
    {
        RepeatPhase phase = PhaseAt(step);
        int half = context / 2;
        int shortest = Math.Max(1, context / 16);
        for (int at = 0; at < inputs.Length; at += context, firstWindow++)
        {
            ulong draw = Draws * (ulong)firstWindow;
            if (half < shortest || _random.Uniform(draw) >= phase.Share)
            {
                continue;
            }

            Span<int> window = inputs.Slice(at, context);
            Span<int> next = targets.Slice(at, context);
            if (_random.Uniform(draw + 1) < phase.Halves)
            {
                Repeat(window, next, half, context + 1, half);
                continue;
            }

            int length = shortest + _random.Integer(draw + 2, half - shortest + 1);
            int spare = context + 1 - (2 * length);
            int begin = _random.Integer(draw + 3, spare + 1);
            int again = begin + length + _random.Integer(draw + 4, spare - begin + 1);
            Repeat(window, next, again, again + length, again - begin);
        }
    }

    /// <summary>The phase of a step; the last one after it.</summary>
    private RepeatPhase PhaseAt(int step)
    {
        foreach (RepeatPhase phase in phases)
        {
            if (step < phase.Steps)
            {
                return phase;
            }

            step -= phase.Steps;
        }

        return phases.Count == 0 ? Natural : phases[^1];
    }

    /// <summary>Makes each token from <paramref name="begin"/> on, before <paramref name="end"/>,
    /// that of <paramref name="distance"/> tokens earlier.</summary>
    private static void Repeat(
        Span<int> inputs, Span<int> targets, int begin, int end, int distance)
    {
        for (int i = begin; i < end; i++)
        {
            int token = inputs[i - distance];
            targets[i - 1] = token;
            if (i < inputs.Length)
            {
                inputs[i] = token;
            }
        }
    }
}
