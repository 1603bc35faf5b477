using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Models.Training;

/// <summary>Windows of a token stream in random order, none twice before all were seen.</summary>
/// <remarks>
/// In each round through the text the windows begin at another random phase and are shuffled anew.
/// What a step reads follows from the seed and the step alone, so a resumed run needs no state.
/// Targets that begin a document get no weight: nothing before them belongs to it.
/// </remarks>
internal sealed class WindowSampler : IDisposable
{
    private const ulong PhaseStream = 10;
    private const ulong FirstRoundStream = 1000;

    private readonly Corpus _corpus;
    private readonly Recipe _recipe;
    private readonly int _windows;
    private readonly CounterRandom _phases;
    private Tensor<int>? _order;
    private long _round = -1;

    /// <exception cref="InvalidDataException">The training text is shorter than one context.</exception>
    public WindowSampler(Corpus corpus, Recipe recipe)
    {
        int length = corpus.Train.Length;
        if (length - 1 < recipe.Context)
        {
            throw new InvalidDataException(
                $"Training: the training text must be longer than one context of {recipe.Context} tokens; "
                + $"it has {length}; give more text or a smaller context.");
        }

        _corpus = corpus;
        _recipe = recipe;
        _windows = Math.Max(1, ((length - 1) / recipe.Context) - 1);
        _phases = new CounterRandom(recipe.Seed, PhaseStream);
        Tokens = Tensor.Empty<int>([recipe.BatchSize, recipe.Context]);
        Targets = Tensor.Empty<int>([recipe.BatchSize, recipe.Context]);
        Weights = Tensor.Empty<float>([recipe.TokensPerStep]);
    }

    /// <summary>int32 [batch, pos].</summary>
    public Tensor<int> Tokens { get; }

    /// <summary>int32 [batch, pos]: the token after each.</summary>
    public Tensor<int> Targets { get; }

    /// <summary>float32 [batch · pos]: 1/n for each of the n targets that count, so that
    /// <c>Σ weight · loss</c> is their mean.</summary>
    public Tensor<float> Weights { get; }

    /// <summary>Fills the batch of a step, counted from 0.</summary>
    public void Fill(int step)
    {
        int context = _recipe.Context;
        int endOfText = _corpus.Tokenizer.EndOfText;
        ReadOnlySpan<int> stream = _corpus.Train;
        Span<int> tokens = Tokens.WritableSpan;
        Span<int> targets = Targets.WritableSpan;
        for (int b = 0; b < _recipe.BatchSize; b++)
        {
            int start = Start(((long)step * _recipe.BatchSize) + b);
            stream.Slice(start, context).CopyTo(tokens[(b * context)..]);
            stream.Slice(start + 1, context).CopyTo(targets[(b * context)..]);
        }

        int counted = targets.Length - targets.Count(endOfText);
        Span<float> weights = Weights.WritableSpan;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = targets[i] == endOfText ? 0 : 1f / counted;
        }
    }

    public void Dispose()
    {
        _order?.Dispose();
        Tokens.Dispose();
        Targets.Dispose();
        Weights.Dispose();
    }

    /// <summary>Where the n-th window of the run begins.</summary>
    private int Start(long n)
    {
        (long round, long place) = Math.DivRem(n, _windows);
        if (round != _round)
        {
            _order?.Dispose();
            _order = Ops.RandomPermutation(_windows, _recipe.Seed, FirstRoundStream + (ulong)round);
            _round = round;
        }

        int phases = Math.Min(_recipe.Context, _corpus.Train.Length - (_windows * _recipe.Context));
        int phase = _phases.Integer((ulong)round, phases);
        return phase + (_order!.Span[(int)place] * _recipe.Context);
    }
}
