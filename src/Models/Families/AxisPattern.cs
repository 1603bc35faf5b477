using Vitrine.Tensors;

namespace Vitrine.Models.Families;

/// <summary>How a weight of a model lies in a tensor of a file, written as its axes.
/// <code>
/// dModel dMlp            two axes
/// (head dHead) dModel    the first axis counts heads, and within them entries
/// (dMlp'|dMlp) dModel    two stacks after one another, of which the first is taken
/// (head (1'|1|1) dHead)  for each head three parts, of which the first is taken
/// {e} dModel dMlp        one of the experts
/// </code></summary>
internal sealed class AxisPattern
{
    private readonly Term[] _terms;

    private AxisPattern(Term[] terms) => _terms = terms;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static AxisPattern Parse(string text)
    {
        var tokens = new Queue<string>(
            text.Replace("(", " ( ", StringComparison.Ordinal)
                .Replace(")", " ) ", StringComparison.Ordinal)
                .Replace("|", " | ", StringComparison.Ordinal)
                .Replace("'", " ' ", StringComparison.Ordinal)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Term[] terms = Product(tokens);
        return tokens.Count == 0 ? new AxisPattern(terms)
            : throw new FormatException($"AxisPattern: '{text}' has a stray '{tokens.Peek()}'.");
    }

    /// <summary>The shape of the tensor in the file.</summary>
    public Shape FileShape(AxisLengths lengths) =>
        Shape.Create([.. _terms.Select(term => term.Length(lengths))]);

    /// <summary>The weight as a view of the tensor; axes that the file splits stay
    /// split.</summary>
    /// <param name="x">The tensor of the file.</param>
    /// <param name="lengths">How long each axis is.</param>
    /// <param name="axes">The weight's own axes.</param>
    public T View<T>(T x, AxisLengths lengths, string[] axes)
        where T : IAxes<T>
    {
        var names = new List<string>();
        foreach (Term term in _terms)
        {
            x = term.Expand(x, lengths, names);
        }

        // Axes that are left over have one entry.
        int[] kept = [.. Enumerable.Range(0, names.Count).Where(i => names[i].Length > 0)];
        x = x.Reshape([.. kept.Select(i => x.Length(i))]);
        names.RemoveAll(name => name.Length == 0);
        string[] wanted =
        [
            .. axes.Where(axis => axis != "1")
                .SelectMany(axis => names.Contains(axis) ? [axis] : Parts(axis)),
        ];
        for (int i = 0; i < wanted.Length; i++)
        {
            int at = names.IndexOf(wanted[i], i);
            if (at < 0)
            {
                throw new FormatException(
                    $"AxisPattern: no axis '{wanted[i]}' among {string.Join(", ", names)}.");
            }

            if (at != i)
            {
                x = x.Transpose(i, at);
                (names[i], names[at]) = (names[at], names[i]);
            }
        }

        return x;
    }

    /// <summary>The axes of which another is made.</summary>
    private static string[] Parts(string axis) => axis switch
    {
        "head" => ["kvHead", "group"],
        "dHead" => ["half", "pair"],
        "width" or "read" => ["dModel"],
        _ => [axis],
    };

    private static Term[] Product(Queue<string> tokens)
    {
        var terms = new List<Term>();
        while (tokens.TryPeek(out string? token) && token is not (")" or "|" or "'"))
        {
            tokens.Dequeue();
            terms.Add(token == "(" ? Sum(tokens) : new Term.Axis(token));
        }

        return [.. terms];
    }

    private static Term.Stacks Sum(Queue<string> tokens)
    {
        var parts = new List<Term[]>();
        int taken = 0;
        while (true)
        {
            parts.Add(Product(tokens));
            if (tokens.TryPeek(out string? mark) && mark == "'")
            {
                taken = parts.Count - 1;
                tokens.Dequeue();
            }

            if (!tokens.TryDequeue(out string? next) || next is not (")" or "|"))
            {
                throw new FormatException("AxisPattern: a bracket is not closed.");
            }

            if (next == ")")
            {
                return new Term.Stacks([.. parts], taken);
            }
        }
    }

    /// <summary>A part of a pattern, which takes one axis of the file.</summary>
    private abstract record Term
    {
        public abstract int Length(AxisLengths lengths);

        /// <summary>Turns the file's axis after those named into named axes.</summary>
        public abstract T Expand<T>(T x, AxisLengths lengths, List<string> names)
            where T : IAxes<T>;

        public sealed record Axis(string Name) : Term
        {
            public override int Length(AxisLengths lengths) => lengths[Name];

            public override T Expand<T>(T x, AxisLengths lengths, List<string> names)
            {
                int axis = names.Count;
                bool isOne = Name.StartsWith('{') || char.IsAsciiDigit(Name[0]);
                names.Add(isOne ? "" : Name);
                return Name.StartsWith('{') ? x.Slice(axis, lengths.Index, 1) : x;
            }
        }

        public sealed record Stacks(Term[][] Parts, int Taken) : Term
        {
            public override int Length(AxisLengths lengths) =>
                Parts.Sum(part => LengthOf(part, lengths));

            public override T Expand<T>(T x, AxisLengths lengths, List<string> names)
            {
                int axis = names.Count;
                Term[] part = Parts[Taken];
                x = Parts.Length == 1 ? x : x.Slice(
                    axis, Parts[..Taken].Sum(before => LengthOf(before, lengths)),
                    LengthOf(part, lengths));
                int[] split = [.. Enumerable.Range(0, x.Rank).SelectMany(i =>
                    i == axis ? part.Select(term => term.Length(lengths)) : [x.Length(i)])];
                x = part.Length == 1 ? x : x.Reshape(split);
                foreach (Term term in part)
                {
                    x = term.Expand(x, lengths, names);
                }

                return x;
            }

            private static int LengthOf(Term[] part, AxisLengths lengths) =>
                part.Aggregate(1, (product, term) => checked(product * term.Length(lengths)));
        }
    }
}

/// <summary>What has axes that can be viewed in another way.</summary>
internal interface IAxes<T>
    where T : IAxes<T>
{
    int Rank { get; }

    /// <summary>All lengths.</summary>
    Shape Shape { get; }

    int Length(int axis);

    T Reshape(int[] lengths);

    T Slice(int axis, int start, int length);

    T Transpose(int axis, int other);
}

/// <summary>The axes of a tensor.</summary>
internal readonly struct TensorAxes(Tensor<float> tensor) : IAxes<TensorAxes>
{
    public Tensor<float> Tensor => tensor;

    public int Rank => tensor.Rank;

    public Shape Shape => tensor.Shape;

    public int Length(int axis) => tensor.Shape[axis];

    public TensorAxes Reshape(int[] lengths) => new(tensor.Reshape(lengths));

    public TensorAxes Slice(int axis, int start, int length) =>
        new(tensor.Slice(axis, start, length));

    public TensorAxes Transpose(int axis, int other) => new(tensor.Transpose(axis, other));
}

/// <summary>The axes of a stored weight.</summary>
internal readonly struct WeightAxes(Weight weight) : IAxes<WeightAxes>
{
    public Weight Weight => weight;

    public int Rank => weight.Shape.Rank;

    public Shape Shape => weight.Shape;

    public int Length(int axis) => weight.Shape[axis];

    public WeightAxes Reshape(int[] lengths) => new(weight.Reshape(lengths));

    public WeightAxes Slice(int axis, int start, int length) =>
        new(weight.Slice(axis, start, length));

    public WeightAxes Transpose(int axis, int other) => new(weight.Transpose(axis, other));
}
