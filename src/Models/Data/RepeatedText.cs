using Vitrine.Tensors;

namespace Vitrine.Models.Data;

/// <summary>Windows of text that partly repeat themselves, so that looking back pays.</summary>
/// <remarks>
/// Of a window of T tokens, and the target behind the last, either the second half becomes the first
/// again, or n tokens, with n drawn from T/5 … T/2, come twice from the start and the rest stays as it
/// was; one as often as the other. Which windows, and how, follows from the seed and the number of the
/// window alone.
/// </remarks>
internal sealed class RepeatedText(IReadOnlyList<RepeatPhase> phases, ulong seed)
{
    private const ulong Stream = 0x52657065;
    private const ulong Draws = 4;
    private readonly CounterRandom _random = new(seed, Stream);

    /// <summary>Repeats some of the windows of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="firstWindow">The number of the first window.</param>
    /// <param name="context">Tokens in a window.</param>
    /// <param name="inputs">The windows, one behind the other.</param>
    /// <param name="targets">The token behind each.</param>
    public void Apply(int step, long firstWindow, int context, Span<int> inputs, Span<int> targets)
    {
        float share = ShareAt(step);
        for (int at = 0; at < inputs.Length; at += context, firstWindow++)
        {
            ulong draw = Draws * (ulong)firstWindow;
            if (_random.Uniform(draw) >= share)
            {
                continue;
            }

            int shortest = Math.Max(1, context / 5);
            int half = context / 2;
            bool halves = _random.Uniform(draw + 1) < 0.5f;
            int period = halves || half <= shortest
                ? half : shortest + _random.Integer(draw + 2, half - shortest + 1);
            int end = halves ? context + 1 : 2 * period;
            Repeat(inputs.Slice(at, context), targets.Slice(at, context), period, end);
        }
    }

    /// <summary>The share of windows that repeat at a step; that of the last phase behind it.</summary>
    public float ShareAt(int step)
    {
        foreach (RepeatPhase phase in phases)
        {
            if (step < phase.Steps)
            {
                return phase.Share;
            }

            step -= phase.Steps;
        }

        return phases.Count == 0 ? 0 : phases[^1].Share;
    }

    /// <summary>Makes each token from <paramref name="period"/> on, before <paramref name="end"/>, that
    /// of a period earlier.</summary>
    private static void Repeat(Span<int> inputs, Span<int> targets, int period, int end)
    {
        for (int i = period; i < end; i++)
        {
            int token = inputs[i - period];
            targets[i - 1] = token;
            if (i < inputs.Length)
            {
                inputs[i] = token;
            }
        }
    }
}
